"""LiangXin: nano-banana-pro as PNG; reference URLs must end like a picture's file name."""

from typing import Any

from plantain.models import Task
from plantain.providers._jobs import Jobs
from plantain.providers._provider import Offer, chosen


class Liangxin(Jobs):
    name = "liangxin"
    url = ""  # its page prints paths only
    offers = (
        Offer(
            model="nano-banana-pro",
            upstream="nano-banana-pro",
            prompt=(2, 3000),
            references=3,
            reference_endings=(".png", ".jpg", ".jpeg", ".webp"),
            ratios=("1:1", "2:3", "3:2", "4:3", "3:4", "5:4", "4:5", "16:9", "9:16", "21:9"),
            resolutions=("1K", "2K", "4K"),
            formats=("png",),
        ),
    )

    def input_of(self, task: Task) -> dict[str, Any]:
        wanted = task.request.input
        return chosen(
            prompt=wanted.prompt,
            image_input=wanted.image_urls or None,
            aspect_ratio=wanted.aspect_ratio,
            resolution=wanted.size,
            output_format=wanted.format,
        )


provider = Liangxin()
