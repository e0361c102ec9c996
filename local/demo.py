"""The whole story, on this machine alone: python -m local.demo

A local cloud is started, each of the four providers makes a picture, one of them loses the webhook
that would say so, the pictures are saved, and all that was started is ended.
"""

import asyncio
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Never

import httpx

from local import background
from local.config import Trouble
from plantain_client import AsyncPlantain, PlantainError, Step, Task, TaskNotMade

FOLDER = Path("demo")
STATE = Path(".local/demo")
# A lost webhook is found by the first look at a task that is late; here that is soon.
SETTINGS = {"SWEEP_SECONDS": 2, "FIRST_CHECK_SECONDS": 10, "UPSTREAM": "", "PARAMETERS": ""}
HEARD = {
    "webhook": "by its webhook",
    "sweep": "by the sweep",
    "check": "by asking",
}


@dataclass(frozen=True)
class Wish:
    """What one provider is to make; `after` names whose picture it starts from."""

    provider: str
    model: str
    prompt: str
    ratio: str
    after: str = ""
    resolution: str | None = None


LOSER = "apixo"
WISHES = (
    Wish("maxapi", "nano-banana", "a plantain in sunglasses on the beach", "16:9"),
    Wish(LOSER, "nano-banana-2", "a lighthouse at dusk [sim: webhook=lose]", "3:2"),
    Wish("liangxin", "nano-banana-pro", "a cat in the rain", "1:1", resolution="1K"),
    Wish("aigptimage", "nano-banana", "the same beach as a watercolour", "4:3", after="maxapi"),
)


@dataclass(frozen=True)
class Made:
    wish: Wish
    task: Task
    steps: list[Step]
    file: Path


class Demo:
    """The wishes as they come true, told line by line."""

    def __init__(self, plantain: AsyncPlantain) -> None:
        self._plantain = plantain
        self._began = time.monotonic()
        self._files: dict[str, asyncio.Future[Path]] = {}
        # Orders at the same moment would each start a function's process here.
        self._one_by_one = asyncio.Lock()

    async def run(self) -> list[Made]:
        FOLDER.mkdir(exist_ok=True)
        self._files = {wish.provider: asyncio.Future() for wish in WISHES}
        return await asyncio.gather(*map(self._make, WISHES))

    async def _make(self, wish: Wish) -> Made:
        references = [await self._files[wish.after]] if wish.after else []
        self._say(wish, f"“{wish.prompt}”{f', from {references[0]}' if references else ''}")
        async with self._one_by_one:
            task = await self._plantain.order(
                wish.prompt,
                model=wish.model,
                provider=wish.provider,
                ratio=wish.ratio,
                resolution=wish.resolution,
                references=references,
            )
        self._say(wish, f"{task.status} as {task.task_id}")
        task = await self._plantain.wait(task.task_id)
        if not task.succeeded:
            raise TaskNotMade(task)
        self._say(wish, task.status)
        file = FOLDER / f"{wish.provider}.{task.images[0].content_type.partition('/')[2]}"
        await self._plantain.save(task.images[0], file)
        self._say(wish, f"saved as {file}")
        self._files[wish.provider].set_result(file)
        return Made(wish, task, await self._plantain.timeline(task.task_id), file)

    def _say(self, wish: Wish, words: str) -> None:
        say(f"{time.monotonic() - self._began:5.1f} s  {wish.provider:<10}  {words}")


def summary(made: list[Made], charged: int) -> str:
    lines = [f"{'':2}{'PROVIDER':<12}{'MODEL':<17}{'SIZE':<11}{'TOOK':<8}{'HEARD OF':<16}PICTURE"]
    for one in made:
        image, took = one.task.images[0], one.steps[-1].after
        size = f"{image.width}×{image.height}"
        lines.append(
            f"{'':2}{one.wish.provider:<12}{one.task.model:<17}{size:<11}{f'{took:.1f} s':<8}"
            f"{heard_of(one.steps):<16}{one.file}"
        )
    lines += ["", f"{len(made)} tasks, {charged} charges, {len(made)} pictures."]
    lines.append(
        f"{LOSER} never called back, on purpose: the sweep found its picture all the same."
    )
    return "\n".join(lines)


def heard_of(steps: list[Step]) -> str:
    """By what the end of the provider's work was noticed: the last that rang before the result."""
    rung = [step.what for step in steps if step.what in HEARD]
    return HEARD[rung[-1]] if rung else "–"


def charges(upstream: str) -> int:
    """What the simulated providers have charged for."""
    ledger = httpx.get(f"{upstream}/_sim/ledger", trust_env=False).json()
    return Counter(bool(entry["charged"]) for entry in ledger)[True]


def say(text: str = "") -> None:
    print(text, flush=True)


async def demo(api: str, key: str) -> list[Made]:
    async with AsyncPlantain(api, key) as plantain:
        return await Demo(plantain).run()


def run() -> None:
    say("Starting a local cloud: an emulator of AWS, the functions, four simulated providers …")
    with background.running(STATE, **SETTINGS) as (_, ready):
        say("Ordering a picture from each provider")
        made = asyncio.run(demo(ready["api"], ready["key"]))
        charged = charges(ready["upstream"])
        say("Ending all that was started …")
    if charged != len(made):
        raise Trouble(f"{len(made)} pictures were charged {charged} times")
    say(f"\n{summary(made, charged)}\n")
    say("Your own: `make run`, and from a second terminal in this folder")
    say("  .venv/dev/bin/plantain generate 'a cat in the rain' --ratio 16:9 -o cat.png")


def _end(*_: object) -> Never:
    raise KeyboardInterrupt


def main() -> None:
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end)
    try:
        run()
    except KeyboardInterrupt:
        say("\nEnded.")
        sys.exit(130)
    except (Trouble, PlantainError) as trouble:
        sys.exit(f"demo: {trouble}")


if __name__ == "__main__":
    main()
