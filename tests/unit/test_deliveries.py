"""Rows and messages of deliveries, and owners' secrets: each write is for the row that was read."""

import json
import re
from types import SimpleNamespace
from typing import Any

import pytest

from plantain import deliveries, owners, tries
from plantain.errors import Busy, ConditionFailed, DeliveryMoved
from plantain.notices import Delivery, Errand
from tests.unit.conftest import Clients
from tests.unit.samples import NOW, a_task

EVENT = {"id": "evt_1", "type": "task.succeeded"}
REFUSED = "ConditionalCheckFailedException"


def opened() -> Delivery:
    return tries.opened(a_task(), EVENT, "https://client.test/", NOW)


class Table:
    """One row; it may be told to refuse, having written or not."""

    def __init__(self) -> None:
        self.item: dict[str, Any] | None = None
        self.refuses = self.writes_first = False

    def put_item(self, Item: dict[str, Any], **_: Any) -> None:  # noqa: N803
        if not self.refuses or self.writes_first:
            self.item = Item
        if self.refuses:
            raise ConditionFailed(REFUSED)

    def update_item(self, **params: Any) -> Any:
        names, values = (params.get(f"ExpressionAttribute{w}", {}) for w in ("Names", "Values"))
        set_ = re.findall(r"(#?\w+) = (:\w+)", params["UpdateExpression"])
        item = {**(self.item or {}), **{names.get(name, name): values[v] for name, v in set_}}
        if not self.refuses or self.writes_first:
            self.item = item
        if self.refuses:
            raise ConditionFailed(REFUSED)
        return {"Attributes": item}

    def get_item(self, **_: Any) -> dict[str, Any]:
        return {"Item": self.item} if self.item else {}


@pytest.fixture
def table(clients: Clients) -> Table:
    clients["dynamodb"] = table = Table()
    return table


def test_a_row_comes_back_as_it_was_written(table: Table) -> None:
    begun = tries.begun(tries.begun(opened(), "w", NOW, 50), "x", NOW + 60, 50)
    assert deliveries.open_once(begun) == begun
    assert deliveries.find("tsk_test", "evt_1") == begun
    assert table.item
    assert table.item["item"] == {"S": "delivery#evt_1"}
    # Or it would stand in the owner's list of tasks, or among what is due.
    assert not {"createdAt", "due", "shard", "status"} & set(table.item)


def test_what_is_there_already_is_what_counts(table: Table) -> None:
    first = deliveries.open_once(opened())
    table.refuses = True
    assert deliveries.open_once(tries.opened(a_task(), EVENT, "https://b.test/", NOW + 9)) == first


def test_a_write_for_another_row_is_refused(table: Table) -> None:
    delivery = deliveries.open_once(opened())
    table.refuses = True
    with pytest.raises(DeliveryMoved):
        deliveries.replace(delivery, tries.begun(delivery, "w", NOW, 50))


def test_a_write_whose_answer_was_lost_is_still_ours(table: Table) -> None:
    delivery = deliveries.open_once(opened())
    table.refuses = table.writes_first = True
    begun = tries.begun(delivery, "w", NOW, 50)
    assert deliveries.replace(delivery, begun) == begun


def test_a_rotation_whose_answer_was_lost_does_not_push_the_old_secret_out(table: Table) -> None:
    table.item = {"webhookSecret": {"S": "whsec_old"}}
    table.refuses = table.writes_first = True
    assert owners.rotate("alice").previous_secret == "whsec_old"
    table.writes_first = False
    with pytest.raises(Busy):
        owners.rotate("alice")


def test_a_message_is_hidden_no_longer_than_sqs_can(
    clients: Clients, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("DELIVER_QUEUE_URL", "https://sqs/1/fast")
    environment.setenv("SLOW_DELIVER_QUEUE_URL", "https://sqs/1/slow")
    asked: list[dict[str, Any]] = []
    sent: list[dict[str, Any]] = []
    clients["sqs"] = SimpleNamespace(
        change_message_visibility=lambda **call: asked.append(call),
        send_message=lambda **call: sent.append(call),
    )
    deliveries.hide("r", slow=False, seconds=7)
    deliveries.hide("r", slow=True, seconds=10**6)
    assert [call["VisibilityTimeout"] for call in asked] == [7, 42_900]
    assert [call["QueueUrl"][-4:] for call in asked] == ["fast", "slow"]
    deliveries.send(Errand(task_id="t", event_id="e"), slow=True)
    assert json.loads(sent[0]["MessageBody"]) == {"taskId": "t", "eventId": "e", "series": 0}
    assert deliveries.is_slow("arn:aws:sqs:us-east-1:1:slow")
    assert not deliveries.is_slow("arn:aws:sqs:us-east-1:1:fast")
