"""Pictures come home, all of them or none; what cannot be kept ends its task in the right words."""

import hashlib
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import boto3
import httpx
import pytest

from plantain import patience, settings, signing, storage
from plantain.errors import FailureCode
from plantain.lifecycle import LAST_LOOK_GRACE
from plantain.models import State, Task
from plantain.views import show
from tests.integration.world import World
from tests.unit.samples import API, NOW, picture

URL = "https://example.com/output/image-c3d4e5f6.png"
SECOND = "https://example.com/output/b.png"
HTML = b"<html>Not found</html>"
DAY = 24 * 3600


def stored(prefix: str) -> list[str]:
    bucket = settings.settings().image_bucket
    found = settings.client("s3").list_objects_v2(Bucket=bucket, Prefix=prefix)
    return [entry["Key"] for entry in found.get("Contents", [])]


def two(world: World) -> Task:
    world.providers.say("maxapi", status="success with two pictures")
    return world.order()


def code_of(task: Task) -> FailureCode | None:
    return task.failure.code if task.failure else None


@pytest.mark.parametrize(
    ("kind", "ending", "content_type"),
    [
        ("PNG", "png", "image/png"),
        ("JPEG", "jpg", "image/jpeg"),
        ("WEBP", "webp", "image/webp"),
    ],
)
def test_a_picture_is_kept_under_its_hash_as_what_it_is(
    kind: str, ending: str, content_type: str, world: World
) -> None:
    content = picture(kind, (31, 17))
    world.pictures.put(URL, content)
    task = world.webhook(world.order())
    sha256 = hashlib.sha256(content).hexdigest()
    (image,) = task.images
    assert image.key == f"alice/{task.task_id}/{sha256}.{ending}"
    assert image.content_type == content_type
    assert (image.width, image.height, image.bytes) == (31, 17, len(content))
    kept = boto3.client("s3").get_object(Bucket=settings.settings().image_bucket, Key=image.key)
    assert kept["Body"].read() == content
    assert kept["ContentType"] == content_type


def test_a_link_leads_to_the_picture_and_expires(world: World) -> None:
    task = world.webhook(world.order())
    (image,) = show(task, API, signing.reading)["images"]
    link = httpx.URL(image["url"])
    assert int(link.params["X-Amz-Expires"]) <= 900
    assert link.params["X-Amz-Algorithm"] == "AWS4-HMAC-SHA256"
    assert httpx.get(link, trust_env=False).content == picture()


def test_all_pictures_of_a_result_are_kept_in_their_order(world: World) -> None:
    world.pictures.put(SECOND, picture(color="green"))
    task = world.webhook(two(world))
    assert task.state is State.SUCCEEDED
    assert len({image.sha256 for image in task.images}) == 2
    assert sorted(image.key for image in task.images) == stored(f"alice/{task.task_id}/")
    assert world.pictures.fetched == [URL, SECOND]


@pytest.mark.parametrize(
    "content", [HTML, b"", picture()[:-30], picture("GIF"), picture() + HTML], ids=repr
)
def test_whole_bytes_that_are_no_picture_are_fetched_three_times_within_a_minute(
    content: bytes, world: World
) -> None:
    world.pictures.put(URL, content)
    task = world.webhook(world.order())
    assert (task.state, task.bad_fetches) == (State.SUBMITTED, 1)
    world.wait(59)
    task = world.read(task)
    assert code_of(task) is FailureCode.RESULT_INVALID
    assert world.pictures.fetched == [URL] * 3
    assert stored(f"alice/{task.task_id}/") == []


def test_a_good_third_fetch_is_good(world: World) -> None:
    world.pictures.put(URL, HTML, HTML, picture())
    task = world.webhook(world.order())
    world.wait(59)
    assert world.read(task).state is State.SUCCEEDED


def test_a_picture_without_end_is_cut_off(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "MAX_BYTES", len(picture()) - 1)
    task = world.webhook(world.order())
    assert (task.state, task.bad_fetches) == (State.SUBMITTED, 1)


@pytest.mark.parametrize(
    "trouble",
    [404, 403, 302, 500, 503, httpx.ReadTimeout("slow"), httpx.RemoteProtocolError("short read")],
    ids=str,
)
def test_a_picture_that_cannot_be_had_now_is_fetched_again(trouble: Any, world: World) -> None:
    world.pictures.put(URL, trouble, picture())
    task = world.webhook(world.order())
    assert (task.state, task.bad_fetches, task.result) == (State.SUBMITTED, 0, NOW)
    world.wait(10)
    assert world.read(task).state is State.SUCCEEDED


@pytest.mark.parametrize(
    "url", ["http://example.com/a.png", "https://127.0.0.1/a.png", "https://[::1]/a.png"]
)
def test_a_result_that_lies_inside_is_not_fetched(url: str, world: World) -> None:
    data = {"taskId": "x", "status": "SUCCESS", "result": {"type": "image", "urls": [url]}}
    world.providers.say("maxapi", status=httpx.Response(200, json={"code": 0, "data": data}))
    task = world.webhook(world.order())
    assert task.state is State.SUBMITTED
    assert world.pictures.fetched == []


def test_fetches_become_rarer_while_a_picture_cannot_be_had(world: World) -> None:
    world.pictures.put(URL, 503)
    world.webhook(world.order())
    world.wait(3600)
    assert 5 < len(world.pictures.fetched) < 30


def test_a_host_that_was_left_alone_is_asked_soon_after_that(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However old the task: nothing was asked of the host, so nothing speaks for waiting longer."""

    def impatient(whom: str) -> AbstractContextManager[None]:
        if whom == "example.com":
            raise patience.LeftAlone("it hangs", 49.5)
        return nullcontext()

    with monkeypatch.context() as patch:
        patch.setattr(patience, "asking", impatient)
        task = world.webhook(world.order())
        world.wait(1800)
    assert world.pictures.fetched == []
    world.wait(50)
    assert world.read(task).state is State.SUCCEEDED


def test_the_deadline_gives_way_while_there_is_a_result_to_fetch(world: World) -> None:
    world.set(DEADLINE_SECONDS=60)
    world.pictures.put(URL, 503)
    task = world.webhook(world.order())
    world.wait(1000)
    assert world.read(task).state is State.SUBMITTED
    world.pictures.put(URL, picture())
    world.wait(1000)
    assert world.read(task).state is State.SUCCEEDED


@pytest.mark.parametrize("status", ["success", "not found", "500"])
def test_a_result_that_could_not_be_had_while_it_was_kept_is_unavailable(
    status: str, world: World
) -> None:
    world.pictures.put(URL, 404)
    task = world.webhook(world.order())
    world.providers.say("maxapi", status=status)
    world.now += DAY - 1
    world.lose_rings()
    assert world.webhook(task).state is State.SUBMITTED
    world.lose_rings()
    world.now += 1000
    assert code_of(world.webhook(task)) is FailureCode.RESULT_UNAVAILABLE


def test_the_pictures_that_were_kept_are_listed_where_others_could_not_be(world: World) -> None:
    world.pictures.put(SECOND, 404)
    task = world.webhook(two(world))
    assert len(task.images) == 1
    world.lose_rings()
    world.now += DAY
    task = world.webhook(task)
    assert code_of(task) is FailureCode.RESULT_UNAVAILABLE
    assert [image.key for image in task.images] == stored(f"alice/{task.task_id}/")
    assert len(show(task, API, signing.reading)["images"]) == 1


@pytest.mark.parametrize("last", [404, HTML], ids=["unfetchable", "invalid"])
def test_what_an_earlier_try_kept_is_listed_too(last: Any, world: World) -> None:
    """The first picture is kept by the first try, and cannot be fetched again by the last."""
    world.pictures.put(URL, picture(), last)
    world.pictures.put(SECOND, last)
    task = world.webhook(two(world))
    assert len(task.images) == 1
    for _ in range(2):
        world.lose_rings()
        world.now += DAY
        task = world.webhook(task)
    assert task.state is State.FAILED
    assert [image.key for image in task.images] == stored(f"alice/{task.task_id}/")


def test_pictures_are_shown_only_once_the_task_has_ended(world: World) -> None:
    world.pictures.put(SECOND, 404)
    task = world.webhook(two(world))
    assert task.images
    assert show(task, API, signing.reading)["images"] == []


def test_a_result_that_was_seen_outlives_the_deadline_even_if_it_could_not_be_stored(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bucket is down when the picture is ready, and the provider when the deadline comes."""
    world.set(DEADLINE_SECONDS=60, LEASE_SECONDS=130)
    task = world.order()

    def refuse(**_: Any) -> None:
        raise ConnectionError

    with monkeypatch.context() as down:
        down.setattr(settings.client("s3"), "put_object", refuse)
        with pytest.raises(ConnectionError):
            world.webhook(task)
    world.providers.say("maxapi", status="500")
    world.now += 61 + LAST_LOOK_GRACE
    world.webhook(task)
    world.providers.say("maxapi", status="success")
    world.wait(120)
    assert world.read(task).state is State.SUCCEEDED


def test_doing_it_twice_does_no_harm(world: World) -> None:
    task = world.order()

    def again(request: httpx.Request) -> str:
        world.providers.say("maxapi", status="success")
        world.webhook(task)
        return "success"

    world.providers.say("maxapi", status=again)
    task = world.webhook(task)
    assert task.state is State.SUCCEEDED
    assert len(stored(f"alice/{task.task_id}/")) == 1
    assert world.pictures.fetched == [URL] * 2
