"""What the views make is what the API's description says, whatever state a task is in."""

import time
from typing import Any, get_args

import pytest

from plantain import views
from plantain.errors import FailureCode
from plantain.models import Failure, Image, State, Task
from plantain.notices import Answer, Delivery, Try, Webhook
from plantain.providers import all_providers
from plantain.shapes.offers import ModelList
from plantain.shapes.webhooks import Delivery as DeliveryShape
from plantain.shapes.webhooks import TrialResult, TryError
from plantain.shapes.webhooks import Webhook as WebhookShape
from tests.contract import assert_answer, assert_fits, assert_request
from tests.unit.samples import a_request, a_task

JSON = "application/json"
MOMENT = "2027-01-15T08:00:00.000Z"
URL = "https://api.example.com"
PICTURE = Image(
    key=f"alice/tsk/{'a' * 64}.png",
    content_type="image/png",
    width=2,
    height=3,
    bytes=4,
    sha256="a" * 64,
)


def shape(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def task(state: State, **fields: Any) -> Task:
    return a_task(state, task_id="tsk_" + "a" * 26, **fields)


def ended(**fields: Any) -> Task:
    return task(State.SUCCEEDED, images=[PICTURE], finished_at=MOMENT, **fields)


@pytest.mark.parametrize("state", State)
def test_a_task_in_any_state(state: State) -> None:
    assert_answer("getTask", 200, JSON, views.show(task(state), URL))


@pytest.mark.parametrize("code", FailureCode)
def test_a_failed_task(code: FailureCode) -> None:
    failed = task(State.FAILED, failure=Failure(code=code, message="no"), finished_at=MOMENT)
    assert_answer("getTask", 200, JSON, views.show(failed, URL))


def test_a_task_with_everything() -> None:
    request = a_request(
        imageUrls=["https://example.com/a.png"],
        aspectRatio="1:1",
        resolution="2k",
        outputFormat="jpg",
        googleSearch=None,
        safetyChecker=False,
        outside={"metadata": {"a": 1, "b": None}, "routing": "value", "provider": "apixo"},
    )
    whole = ended(request=request, link_token="t" * 22)
    assert_answer("getTask", 200, JSON, views.show(whole, URL, lambda key: f"{URL}/{key}"))


def test_what_can_be_made() -> None:
    assert ModelList.model_validate(views.models(all_providers()))
    assert_answer("listModels", 200, JSON, views.models(all_providers()))


def test_an_event() -> None:
    assert_request("taskEvent", views.event(ended(request=a_request(prompt="p" * 20_000)), URL))
    assert_request("testEvent", views.test_event(time.time()))


def test_a_webhook() -> None:
    full = Webhook(url=URL, secret="whsec_aaaa", secret_created_at=MOMENT, previous_secret="b")
    for webhook in (full, Webhook()):
        assert WebhookShape.model_validate(views.webhook(webhook))
        assert_answer("getWebhook", 200, JSON, views.webhook(webhook))


@pytest.mark.parametrize("error", [*get_args(TryError), None])
def test_what_came_of_a_trial(error: str | None) -> None:
    answer = Answer(status=200, error=error, duration_ms=3)
    assert TrialResult.model_validate(views.test_result(answer))
    assert_answer("testWebhook", 200, JSON, views.test_result(answer))


def test_deliveries() -> None:
    tries = [Try(at=MOMENT), Try(at=MOMENT, error="interrupted"), Try(at=MOMENT, status=200)]
    one = Delivery(
        task_id="t",
        owner="alice",
        event_id="evt_" + "a" * 26,
        event_type="task.failed",
        url=URL,
        tries=tries,
        next_at=MOMENT,
    )
    shown = views.deliveries([one])
    assert DeliveryShape.model_validate(shown["deliveries"][0])
    assert_answer("listDeliveries", 200, JSON, shown)
    assert_fits(shape("DeliveryList"), views.deliveries([]))
