"""What clients and subscribers see of a task and of the models."""

import json
from typing import Any

import pytest

from plantain import rows, views
from plantain.errors import FailureCode
from plantain.lifecycle import TERMINAL
from plantain.models import MODELS, SHOWN_PROMPT, Failure, State
from tests.unit.samples import API, a_request, a_task, an_image

FIELDS = [
    *("taskId", "status", "model", "provider", "input", "images", "failure"),
    *("attempts", "metadata", "createdAt", "updatedAt", "finishedAt"),
]
DONE: dict[str, Any] = {
    "images": [an_image("a"), an_image("b")],
    "finished_at": "2027-01-15T08:01:00.000Z",
}
LONG = a_request(prompt="x" * 20_000, imageUrls=[f"https://e.test/{'y' * 2000}"] * 14)


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (State.QUEUED, "queued"),
        (State.SUBMITTING, "processing"),
        (State.SUBMITTED, "processing"),
        (State.UNKNOWN, "processing"),
        (State.SUCCEEDED, "succeeded"),
        (State.FAILED, "failed"),
        (State.CANCELLED, "cancelled"),
    ],
)
def test_a_client_sees_five_words_for_seven_states(state: State, status: str) -> None:
    assert views.show(a_task(state), API)["status"] == status


def test_a_fresh_task_has_every_field_and_what_is_absent_is_null() -> None:
    shown = views.show(a_task(State.QUEUED, attempt=1), API)
    assert list(shown) == FIELDS
    assert [name for name in FIELDS if shown[name] is None] == [
        *("provider", "failure", "metadata", "finishedAt")
    ]
    assert (shown["images"], shown["attempts"]) == ([], 1)
    assert shown["input"] == {"prompt": "a plantain"}


def test_input_and_metadata_are_shown_as_sent() -> None:
    sent: dict[str, Any] = {
        "prompt": " A lamp ",
        "resolution": "2k",
        "outputFormat": "jpg",
        "googleSearch": None,
    }
    request = a_request(outside={"metadata": {"n": 1.0}}, **sent)
    shown = views.show(a_task(request=request), API)
    assert (shown["input"], shown["metadata"]) == (sent, {"n": 1.0})


def test_a_finished_task_has_its_pictures_each_with_a_url_and_a_link() -> None:
    task = a_task(State.SUCCEEDED, link_token="t0ken", **DONE)
    shown = views.show(task, API, lambda key: f"https://s3/{key}")
    assert shown["images"][0] == {
        "url": "https://s3/alice/tsk_test/a.png",
        "thumbnail": None,
        "link": f"{API}/i/tsk_test/0/t0ken.png",
        "contentType": "image/png",
        "width": 2,
        "height": 3,
        "bytes": 4,
        "sha256": "a",
    }
    assert [image["link"][-11:] for image in shown["images"]] == ["0/t0ken.png", "1/t0ken.png"]


def test_a_thumbnail_is_shown_once_there_is_one_and_only_where_urls_are() -> None:
    small = an_image().model_copy(update={"thumbnail": "alice/tsk_test/a.thumb.webp"})
    task = a_task(State.SUCCEEDED, images=[small], finished_at="2027")
    (image,) = views.show(task, API, lambda key: f"https://s3/{key}")["images"]
    assert image["thumbnail"] == "https://s3/alice/tsk_test/a.thumb.webp"
    assert views.event(task, API)["data"]["images"][0]["thumbnail"] is None


def test_a_task_without_a_token_has_pictures_without_links() -> None:
    images = views.show(a_task(State.SUCCEEDED, **DONE), API)["images"]
    assert [image["link"] for image in images] == [None, None]


def test_pictures_are_not_shown_before_all_are_there() -> None:
    assert views.show(a_task(State.SUBMITTED, images=[an_image()]), API)["images"] == []


def test_a_failure_says_whether_a_retry_is_worth_it() -> None:
    failure = Failure(code=FailureCode.CHARGE_UNKNOWN, message="m")
    assert views.show(a_task(State.FAILED, failure=failure), API)["failure"] == {
        "code": "charge_unknown",
        "message": "m",
        "retryable": True,
    }


def test_nothing_of_the_inside_is_shown() -> None:
    task = a_task(
        State.SUCCEEDED, provider_task_id="job-7", writer="w-7", fingerprint="f-7", **DONE
    )
    for text in (json.dumps(views.show(task, API)), json.dumps(views.event(task, API))):
        assert not [inner for inner in ("job-7", "w-7", "f-7", "alice") if inner in text]


@pytest.mark.parametrize("state", State)
def test_ends_are_events_and_some_of_the_way_there(state: State) -> None:
    task = a_task(state, **DONE)
    if state in TERMINAL | {State.QUEUED, State.SUBMITTED}:
        assert views.event(task, API)["type"] == f"task.{state}"
    else:
        with pytest.raises(ValueError, match=f"nothing is told of a task that is {state}"):
            views.event(task, API)


@pytest.mark.parametrize("state", [State.QUEUED, State.SUBMITTED])
def test_the_way_there_is_an_event_of_each_attempt(state: State) -> None:
    first, second = a_task(state, attempt=1), a_task(state, attempt=2)
    moved = first.model_copy(update={"due": 5})
    assert views.event(first, API) == views.event(moved, API)
    assert views.event(first, API)["id"] != views.event(second, API)["id"]
    assert views.event(first, API)["createdAt"] == first.updated_at


def test_an_event_keeps_its_id_however_often_it_is_told() -> None:
    task = a_task(State.SUCCEEDED, **DONE)
    again = task.model_copy(update={"updated_at": "later", "due": 5})
    other = task.model_copy(update={"task_id": "tsk_other"})
    event = views.event(task, API)
    assert event["id"] == views.event(again, API)["id"] == "evt_5de433224f2efaf9f584c43da1"
    assert event["id"] != views.event(other, API)["id"]
    assert event["createdAt"] == "2027-01-15T08:01:00.000Z"
    assert list(event["data"]) == FIELDS


def test_an_event_holds_no_link_that_would_expire() -> None:
    images = views.event(a_task(State.SUCCEEDED, **DONE), API)["data"]["images"]
    assert [image["url"] for image in images] == [None, None]


def test_an_event_of_the_longest_task_is_small() -> None:
    task = a_task(State.SUCCEEDED, request=LONG, images=[an_image()] * 16)
    told = views.event(rows.task_of(rows.row_of(task)), API)
    assert len(json.dumps(told).encode()) < 8_000
    assert len(told["data"]["input"]["prompt"]) <= SHOWN_PROMPT


@pytest.mark.parametrize("fields", [{}, {"prompt": "x" * 1000}, {"imageUrls": ["https://a.test"]}])
def test_an_event_is_the_same_from_the_whole_request_and_from_its_head(
    fields: dict[str, Any],
) -> None:
    task = a_task(State.SUCCEEDED, request=a_request(**fields), **DONE)
    assert views.event(rows.task_of(rows.row_of(task)), API) == views.event(task, API)


def test_a_cut_prompt_shows_that_it_is_cut() -> None:
    for length, cut in ((256, "x" * 256), (257, "x" * 255 + "…")):
        task = a_task(State.FAILED, request=a_request(prompt="x" * length))
        assert views.event(task, API)["data"]["input"]["prompt"] == cut


def test_the_models_are_those_that_somebody_configured_makes() -> None:
    shown = views.models(["liangxin", "aigptimage"])["models"]
    assert {one["price"] for entry in shown for one in entry["providers"]} == {None}
    assert [entry["model"] for entry in shown] == list(MODELS)
    assert [[one["provider"] for one in entry["providers"]] for entry in shown] == [
        ["aigptimage"],
        [],
        ["liangxin"],
    ]


def test_an_offer_is_shown_with_all_its_limits() -> None:
    prices = {("liangxin", "nano-banana-pro"): 0.14}
    (pro,) = views.models(["liangxin"], prices)["models"][2]["providers"]
    assert pro == {
        "provider": "liangxin",
        "price": 0.14,
        "modes": ["text-to-image", "image-to-image"],
        "prompt": {"minimum": 2, "maximum": 3000},
        "imageUrls": {
            "minimum": 0,
            "maximum": 3,
            "endings": [".png", ".jpg", ".jpeg", ".webp"],
        },
        "aspectRatio": ["1:1", "2:3", "3:2", "4:3", "3:4", "5:4", "4:5", "16:9", "9:16", "21:9"],
        "resolution": ["1K", "2K", "4K"],
        "outputFormat": ["png"],
        "googleSearch": False,
        "safetyChecker": False,
        "routing": ["auto", "value"],
    }
