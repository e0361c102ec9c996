"""Dead letters go back to where they came from, and a second time does no harm."""

import io
import json
import os
import zipfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import boto3
import pytest

from plantain import deliveries, region
from plantain.models import Task
from plantain.notices import Delivery
from plantain.rings import Ring
from plantain.sigv4 import Signer
from tests.emulator import Emulator
from tests.integration.world import World
from tools.redrive import Redrive, settle_in
from tools.stack import Refused

HOOK = "https://client.test/hook"
QUEUES = ("Advance", "AdvanceDead", "PollDead", "PublishDead", "DeliverDead")
numbers = count()


class Dead:
    """Real queues, a real function to sweep with, and what a redrive of them says."""

    def __init__(self, emulator: Emulator, sweep: str) -> None:
        number = next(numbers)
        self.sqs, functions = emulator.client("sqs"), emulator.client("lambda")
        self.urls = {
            name: self.sqs.create_queue(QueueName=f"{name}-{number}")["QueueUrl"] for name in QUEUES
        }
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("app.py", f"def handler(event, context):\n    {sweep}\n")
        functions.create_function(
            FunctionName=f"poll-{number}",
            Runtime="python3.13",
            Role="arn:aws:iam::000000000000:role/poll",
            Handler="app.handler",
            Code={"ZipFile": packed.getvalue()},
        )
        outputs = {f"{name.replace('Dead', 'DeadLetters')}Url": self.urls[name] for name in QUEUES}
        outputs["AdvanceQueueUrl"] = outputs.pop("AdvanceUrl")
        self._redrive = Redrive({**outputs, "PollFunctionName": f"poll-{number}"})

    def send(self, queue: str, *bodies: object) -> None:
        for body in bodies:
            self.sqs.send_message(QueueUrl=self.urls[queue], MessageBody=json.dumps(body))

    def lie(self, queue: str) -> int:
        names = ["ApproximateNumberOfMessages"]
        found = self.sqs.get_queue_attributes(QueueUrl=self.urls[queue], AttributeNames=names)
        return int(found["Attributes"][names[0]])

    def take(self, queue: str) -> list[Any]:
        answer = self.sqs.receive_message(QueueUrl=self.urls[queue], MaxNumberOfMessages=10)
        return [json.loads(message["Body"]) for message in answer.get("Messages", [])]

    def redrive(self) -> list[str]:
        return "\n".join(self._redrive.run()).splitlines()


@pytest.fixture
def dead(emulator: Emulator, world: World) -> Iterator[Dead]:
    return Dead(emulator, sweep="return None")


def delivery_of(task: Task) -> Delivery:
    (delivery,) = deliveries.of_task(task.task_id)
    return delivery


def undelivered(world: World) -> tuple[Task, Any]:
    """A task whose client could not be told, and the errand that died of it."""
    world.endpoint.say(500, 500, 500, 204)  # and it is well again after the last try
    task = world.webhook(world.order(outside={"callBackUrl": HOOK}))
    world.stream()
    world.wait(1000)
    (errand,) = world.queues.dead_letters
    assert delivery_of(task).state == "failed"
    return task, json.loads(errand)


def test_rings_go_back_to_their_queue_once(dead: Dead) -> None:
    rings = [json.loads(Ring(f"tsk_{n}").written()) for n in range(3)]
    dead.send("AdvanceDead", *rings)
    assert dead.redrive()[0] == "advance   3 returned to their queue"
    assert dead.redrive()[0] == "advance   0 returned to their queue"
    assert dead.lie("AdvanceDead") == 0
    assert sorted(ring["taskId"] for ring in dead.take("Advance")) == ["tsk_0", "tsk_1", "tsk_2"]


def test_failed_sweeps_and_places_in_a_stream_are_dropped_after_a_sweep(dead: Dead) -> None:
    dead.send("PollDead", {"requestPayload": {}})
    dead.send("PublishDead", {"DDBStreamBatchInfo": {}}, {"DDBStreamBatchInfo": {}})
    said = dead.redrive()
    assert said[1].startswith("poll      1 dropped")
    assert said[2].startswith("publish   2 dropped")
    assert (dead.lie("PollDead"), dead.lie("PublishDead")) == (0, 0)


def test_a_sweep_that_fails_drops_nothing(emulator: Emulator, world: World) -> None:
    dead = Dead(emulator, sweep="raise RuntimeError('still broken')")
    dead.send("PollDead", {"requestPayload": {}})
    with pytest.raises(Refused, match="the sweep fails"):
        dead.redrive()
    attributes = ["ApproximateNumberOfMessagesNotVisible"]
    left = dead.sqs.get_queue_attributes(QueueUrl=dead.urls["PollDead"], AttributeNames=attributes)[
        "Attributes"
    ]
    assert left == {attributes[0]: "1"}


def test_a_client_that_could_not_be_told_is_told_the_same_event(world: World, dead: Dead) -> None:
    task, errand = undelivered(world)
    dead.send("DeliverDead", errand)
    assert dead.redrive()[3] == "deliver   1 begun anew, with the same event id"
    world.wait(10)
    assert delivery_of(task).state == "delivered"
    assert len({event["id"] for event in world.endpoint.received}) == 1


def test_what_was_delivered_since_is_not_told_again(world: World, dead: Dead) -> None:
    _, errand = undelivered(world)
    dead.send("DeliverDead", errand)
    dead.redrive()
    world.wait(10)
    told = len(world.endpoint.received)
    dead.send("DeliverDead", errand)
    assert dead.redrive()[3] == "deliver   1 dropped: deleted, or sent again since"
    world.wait(1000)
    assert len(world.endpoint.received) == told


def test_a_delivery_that_is_still_tried_gets_its_message_back(world: World, dead: Dead) -> None:
    task = world.webhook(world.order(outside={"callBackUrl": HOOK}))
    world.stream()
    ((_, errand),) = world.queues.of("deliver")
    world.lose_rings()
    dead.send("DeliverDead", json.loads(errand))
    assert dead.redrive()[3] == "deliver   1 returned to their queue"
    world.wait(10)
    assert delivery_of(task).state == "delivered"


def test_where_nothing_died_nothing_is_done(dead: Dead) -> None:
    assert dead.redrive() == [
        "advance   0 returned to their queue",
        "poll      0",
        "publish   0",
        "deliver   0",
    ]


STACK = {
    "Resources": {"Queue": {"Type": "AWS::SQS::Queue"}},
    "Outputs": {
        name: {"Value": name}
        for name in (
            *("TaskTableName", "OwnerTableName", "ApiUrl"),
            *("DeliverQueueUrl", "SlowDeliverQueueUrl"),
        )
    },
}


def test_whoever_is_known_by_a_profile_alone_is_known_to_the_package_too(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    emulator.client("cloudformation").create_stack(
        StackName="redriven", TemplateBody=json.dumps(STACK)
    )
    (tmp_path / "credentials").write_text(
        "[owner]\naws_access_key_id = of-the-profile\naws_secret_access_key = s\n"
    )
    (tmp_path / "config").write_text("[profile owner]\nregion = us-east-1\n")
    environment = {
        "AWS_ENDPOINT_URL": emulator.environment["AWS_ENDPOINT_URL"],
        "AWS_PROFILE": "owner",
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"),
        "AWS_CONFIG_FILE": str(tmp_path / "config"),
    }
    monkeypatch.setattr(os, "environ", environment)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    assert settle_in("redriven")["ApiUrl"] == environment["API_URL"]
    assert region.signer("sqs") == Signer("sqs", "us-east-1", "of-the-profile", "s")
