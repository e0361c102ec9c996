"""Thumbnails are made beside the pictures, named in the row, and go when the task goes."""

import io
from collections.abc import Callable

import pytest
from PIL import Image as Pillow

from plantain import removal, settings, signing, storage, store, thumbnails
from plantain.errors import AwsError
from plantain.models import Task
from plantain.rows import BURIAL_SECONDS
from plantain.views import show
from tests.integration.between import between
from tests.integration.test_remove import ended, items, prefix, remove
from tests.integration.test_results import stored
from tests.integration.world import World
from tests.unit.samples import API
from tools.template import RESOURCES


def content(key: str) -> bytes:
    found = settings.client("s3").get_object(Bucket=settings.settings().image_bucket, Key=key)
    read: bytes = found["Body"]
    return read


def overwrite(task: Task, kind: str, size: tuple[int, int], **more: object) -> None:
    file = io.BytesIO()
    Pillow.new("RGB", size, "gold").save(file, kind, **more)
    settings.client("s3").put_object(
        Bucket=settings.settings().image_bucket, Key=task.images[0].key, Body=file.getvalue()
    )


def thumbnail_of(world: World, task: Task) -> tuple[str, tuple[int, int]]:
    thumbnails.make(task.task_id)
    key = world.read(task).images[0].thumbnail
    assert key is not None
    with Pillow.open(io.BytesIO(content(key))) as small:
        return small.format or "", small.size


def test_a_thumbnail_lies_beside_its_picture_and_is_shown_with_it(world: World) -> None:
    task = ended(world)
    thumbnails.make(task.task_id)
    (image,) = world.read(task).images
    assert stored(prefix(task)) == sorted([image.key, image.thumbnail or ""])
    (shown,) = show(world.read(task), API, signing.reading)["images"]
    assert f"{image.sha256}.thumb.webp" in shown["thumbnail"]


@pytest.mark.parametrize(
    ("kind", "size", "small"),
    [
        ("PNG", (2048, 1024), (512, 256)),
        ("JPEG", (1024, 4096), (128, 512)),
        ("WEBP", (100, 50), (100, 50)),
    ],
)
def test_it_is_a_small_webp_of_the_same_shape(
    world: World, kind: str, size: tuple[int, int], small: tuple[int, int]
) -> None:
    task = ended(world)
    overwrite(task, kind, size)
    assert thumbnail_of(world, task) == ("WEBP", small)


def test_it_stands_upright(world: World) -> None:
    task, turned = ended(world), Pillow.Exif()
    turned[0x0112] = 6  # a quarter turn
    overwrite(task, "JPEG", (200, 100), exif=turned)
    assert thumbnail_of(world, task) == ("WEBP", (100, 200))


def test_a_second_time_changes_nothing_and_announces_nothing(world: World) -> None:
    task = ended(world)
    thumbnails.make(task.task_id)
    before, told = items_of(task), len(world.events)
    thumbnails.make(task.task_id)
    world.stream()
    assert (items_of(task), len(world.events)) == (before, told)


def items_of(task: Task) -> Task | None:
    return store.find(task.task_id)


def test_where_the_picture_has_gone_there_is_none(world: World) -> None:
    task = ended(world)
    storage.empty(prefix(task).rstrip("/"))
    thumbnails.make(task.task_id)
    assert (world.read(task).images[0].thumbnail, stored(prefix(task))) == (None, [])


@pytest.mark.parametrize(
    ("code", "status"),
    [("RequestTimeTooSkewed", 403), ("SignatureDoesNotMatch", 403), ("NoSuchBucket", 404)],
)
def test_where_nobody_can_say_whether_it_has_gone_it_is_looked_for_again(
    code: str, status: int, world: World
) -> None:
    def refuse(operation: str, _: object) -> None:
        raise AwsError(code, operation, status)

    task = ended(world)
    with between("s3", refuse), pytest.raises(AwsError):
        thumbnails.make(task.task_id)
    thumbnails.make(task.task_id)
    assert world.read(task).images[0].thumbnail


def test_a_deleted_task_gets_none(world: World) -> None:
    task = ended(world)
    thumbnails.make(task.task_id)
    remove(task)
    assert stored(prefix(task)) == []
    thumbnails.make(task.task_id)
    thumbnails.make("tsk_never")
    assert stored(prefix(task)) == []


def test_one_that_is_stored_while_its_task_is_deleted_is_emptied_with_the_grave(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = ended(world)
    monkeypatch.setattr(thumbnails, "shrink", during(lambda: removal.remove("alice", task.task_id)))
    thumbnails.make(task.task_id)
    assert items(task) == ["task"]  # the tombstone, and nothing written into it
    assert len(stored(prefix(task))) == 1
    world.wait(BURIAL_SECONDS + 120)
    assert stored(prefix(task)) == []
    assert RESOURCES["ThumbnailFunction"]["Properties"]["Timeout"] < BURIAL_SECONDS


def during(happens: Callable[[], None]) -> Callable[[bytes], bytes]:
    def shrink(content: bytes) -> bytes:
        happens()
        return b"a thumbnail"

    return shrink
