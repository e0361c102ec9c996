"""generate, and show with its pictures: from the order to the files."""

import shlex
import sys
import webbrowser
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from plantain_client import Plantain
from plantain_client.answers import Image, Task
from plantain_client.calls import new_key
from plantain_client.command.ends import Exit, end_of
from plantain_client.command.listing import describe
from plantain_client.command.progress import Progress
from plantain_client.command.text import as_json, note, paint
from plantain_client.errors import PlantainError, TaskNotMade
from plantain_client.orders import Options
from plantain_client.pictures import ENDINGS, read_picture

LOOK_SECONDS = 5  # between what a person sees


def generate(plantain: Plantain, given: Namespace) -> Exit:
    _check_place(given.output)
    with Progress() as progress:
        task = _order(plantain, given, progress)
        if not given.wait:
            progress.say("ordered")
        else:
            task = _wait(plantain, task, given, progress)
    if not given.wait:
        as_json(task.raw) if given.json else print(task.task_id)
        return Exit.DONE
    return _finish(plantain, task, given, progress.seconds)


def show(plantain: Plantain, given: Namespace) -> Exit:
    _check_place(given.output)
    task = plantain.show(given.task)
    wants_files = given.output or given.open
    if given.wait and not task.ended:
        with Progress() as progress:
            task = _wait(plantain, task, given, progress)
    if wants_files and not task.ended:
        note(f"{task.task_id} is still {task.status}: add --wait to wait for it.")
        return Exit.LATER
    if wants_files:
        return _finish(plantain, task, given)
    as_json(task.raw) if given.json else describe(task)
    return Exit.NOT_MADE if given.wait and not task.succeeded else Exit.DONE


def _order(plantain: Plantain, given: Namespace, progress: Progress) -> Task:
    """Order once: with a key of the caller's, or else with one that is told if nobody knows."""
    progress.say("ordering")
    key, words = new_key() if given.key is None else given.key, list(sys.argv[1:])
    references: list[str | Path] = [*map(_reference, given.reference)]
    if given.key is None:
        for number, reference in enumerate(references):
            if isinstance(reference, Path):
                references[number] = link = plantain.upload(read_picture(reference))
                words = [link if word == str(reference) else word for word in words]
        words += ["--key", key]
    with _hint(f"It may have been ordered. To be sure, once only: {_line(words, given)}"):
        return plantain.order(given.prompt, **_options(given, references, key))


def _options(given: Namespace, references: list[str | Path], key: str) -> Options:
    return {
        "model": given.model,
        "ratio": given.ratio,
        "resolution": given.resolution,
        "format": given.format,
        "references": references,
        "google_search": given.google_search,
        "safety_checker": given.safety_checker,
        "provider": given.provider,
        "routing": given.routing,
        "webhook": given.webhook,
        "metadata": dict(given.metadata) or None,
        "key": key,
    }


def _reference(text: str) -> str | Path:
    return text if text.startswith(("http://", "https://", "data:")) else Path(text)


def _wait(plantain: Plantain, task: Task, given: Namespace, progress: Progress) -> Task:
    progress.look(task)
    with _hint(f"The task goes on. To get it: {_command(task, given)}"):
        return plantain.wait(
            task.task_id, timeout=given.timeout, on_look=progress.look, look=LOOK_SECONDS
        )


def _command(task: Task, given: Namespace) -> str:
    words = ["show", task.task_id, "--wait"]
    output = given.output or (Path() if given.command == "generate" else None)
    for option, value in (("-o", output), ("--url", given.url), ("--api-key", given.api_key)):
        words += [option, str(value)] if value else []
    return _line(words, given)


def _line(words: list[str], given: Namespace) -> str:
    """A command line to be shown, and therefore without the API key."""
    key = given.api_key or "KEY"
    return shlex.join(["plantain", *(word.replace(key, "KEY") for word in words)])


@contextmanager
def _hint(hint: str) -> Iterator[None]:
    """Whatever ends this too early, say how to go on from there."""
    try:
        yield
    except KeyboardInterrupt:
        raise KeyboardInterrupt(hint) from None
    except (PlantainError, OSError) as error:
        if isinstance(error, OSError) or end_of(error) is Exit.LATER:
            error.add_note(hint)
        raise


def _finish(plantain: Plantain, task: Task, given: Namespace, seconds: int | None = None) -> Exit:
    """Save the pictures of a task that has ended; the paths are what is printed."""
    files: list[Path] = []
    if task.succeeded:
        with _hint(f"The picture is kept. To get it: {_command(task, given)}"):
            for number, image in enumerate(task.images):
                path = _path(task, image, number, given.output)
                plantain.save(image, path)
                files.append(path)
    if given.json:
        as_json({**task.raw, "files": list(map(str, files))})
    if not task.succeeded:
        raise TaskNotMade(task)
    _tell(task, files, seconds, given)
    return Exit.DONE


def _tell(task: Task, files: list[Path], seconds: int | None, given: Namespace) -> None:
    took = "" if seconds is None else f" in {seconds} s"
    status = paint(task.status, task.status, sys.stderr)
    for path, image in zip(files, task.images, strict=True):
        note(f"{status}{took}: {image.width}×{image.height} by {task.provider}")
        if path.suffix.lower().replace(".jpeg", ".jpg") != ENDINGS.get(image.content_type):
            note(f"{path} holds a picture of the type {image.content_type}")
        if not given.json:
            print(path, flush=True)
        if given.open and not webbrowser.open(path.resolve().as_uri()):
            note(f"There is nothing here to show {path} with.")


def _path(task: Task, image: Image, number: int, output: Path | None) -> Path:
    """Where a picture goes: the first as it was asked for, -2 and so on for those after it."""
    if output is None or output.is_dir():
        name = task.task_id + ENDINGS.get(image.content_type, "")
        output = (output or Path()) / name
    return output.with_stem(f"{output.stem}-{number + 1}") if number else output


def _check_place(output: Path | None) -> None:
    """Nothing is bought that cannot be put where it should be."""
    if output and not output.is_dir() and not output.parent.is_dir():
        raise FileNotFoundError(None, "there is no such folder", str(output.parent))
