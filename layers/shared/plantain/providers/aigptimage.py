"""aigptimage: edits only, never calls back, but takes a submission twice for one charge."""

from typing import Any

from plantain.models import Task
from plantain.providers._jobs import Jobs
from plantain.providers._provider import Offer, chosen


class Aigptimage(Jobs):
    name = "aigptimage"
    url = "https://aigptimage.com"
    webhooks = False
    first_look = 13  # the job in its own documentation took twelve
    idempotent = True
    offers = (
        Offer(
            model="nano-banana",
            upstream="nano-banana-image-to-image",
            modes=("image",),
            references=10,
            ratios=(
                *("1:1", "9:16", "16:9", "3:4", "4:3", "3:2"),
                *("2:3", "5:4", "4:5", "21:9", "auto"),
            ),
            formats=("png", "jpeg"),
            safety_checker=True,
        ),
    )

    def input_of(self, task: Task) -> dict[str, Any]:
        wanted = task.request.input
        return chosen(
            prompt=wanted.prompt,
            image_urls=wanted.image_urls,
            image_size=wanted.aspect_ratio,
            output_format=wanted.format,
            nsfw_checker=wanted.safety_checker,
        )


provider = Aigptimage()
