"""Returns what died to where it came from, on the running local cloud or in AWS.

python -m tools.redrive [--stack plantain-prod]

Run it as often as you like: each message only says that somebody should look, and whoever looks
finds out from the table what is still to be done.
"""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from plantain import deliveries, webhooks
from plantain.errors import AwsError, Busy, NoWebhook, TaskNotFound, TaskRunning
from plantain.notices import Errand
from tools.stack import Refused, local_cloud, outputs

BATCH = 10
HIDDEN_SECONDS = 60  # while one message is dealt with

Json = dict[str, Any]


class Redrive:
    """The dead letters of one stack."""

    def __init__(self, outputs: dict[str, str]) -> None:
        self._outputs = outputs
        self._queues, self._functions = boto3.client("sqs"), boto3.client("lambda")

    def run(self) -> Iterator[str]:
        """What was done with each queue, as it is done."""
        yield self._advance()
        yield self._sweep()
        yield self._deliver()

    def _advance(self) -> str:
        """A ring is harmless: to a task that is over it says nothing."""
        number = 0
        for message in self._dead("AdvanceDeadLettersUrl"):
            self._queues.send_message(
                QueueUrl=self._outputs["AdvanceQueueUrl"], MessageBody=message["Body"]
            )
            self._bury("AdvanceDeadLettersUrl", message)
            number += 1
        return f"advance   {number} returned to their queue"

    def _sweep(self) -> str:
        """Failed sweeps, and places in a stream that is long read: a sweep now does it all."""
        queues = ("PollDeadLettersUrl", "PublishDeadLettersUrl")
        dead = [(queue, message) for queue in queues for message in self._dead(queue)]
        if not dead:
            return "poll      0\npublish   0"
        answer = self._functions.invoke(FunctionName=self._outputs["PollFunctionName"])
        if "FunctionError" in answer:
            raise Refused("the sweep fails; its dead letters stay. See the log of poll")
        for queue, message in dead:
            self._bury(queue, message)
        polls, publishes = (sum(queue == each for queue, _ in dead) for each in queues)
        return (
            f"poll      {polls} dropped, after a sweep\n"
            f"publish   {publishes} dropped, the sweep has what is unannounced announced"
        )

    def _deliver(self) -> str:
        done: Counter[str] = Counter()
        for message in self._dead("DeliverDeadLettersUrl"):
            done[_deliver_again(Errand.model_validate_json(message["Body"]))] += 1
            self._bury("DeliverDeadLettersUrl", message)
        told = ", ".join(f"{number} {what}" for what, number in sorted(done.items()))
        return f"deliver   {told or 0}"

    def _dead(self, queue: str) -> Iterator[Json]:
        """Each message that lies there now; the same one is not seen twice in one run."""
        seen: set[str] = set()
        while True:
            answer = self._queues.receive_message(
                QueueUrl=self._outputs[queue],
                MaxNumberOfMessages=BATCH,
                VisibilityTimeout=HIDDEN_SECONDS,
                WaitTimeSeconds=1,
            )
            fresh = [each for each in answer.get("Messages", []) if each["MessageId"] not in seen]
            if not fresh:
                return
            seen |= {each["MessageId"] for each in fresh}
            yield from fresh

    def _bury(self, queue: str, message: Json) -> None:
        self._queues.delete_message(
            QueueUrl=self._outputs[queue], ReceiptHandle=message["ReceiptHandle"]
        )


def _deliver_again(errand: Errand) -> str:
    """As POST /v1/tasks/{taskId}/deliveries does where all tries were spent: the same event id."""
    delivery = deliveries.find(errand.task_id, errand.event_id)
    if delivery is None or errand.series < delivery.series:
        return "dropped: deleted, or sent again since"
    if delivery.state == "pending":
        deliveries.send(errand)
        return "returned to their queue"
    if delivery.state != "failed":
        return f"dropped: {delivery.state}"
    try:
        webhooks.send_again(delivery.owner, delivery.task_id)
    except (TaskNotFound, TaskRunning, NoWebhook) as reason:
        return f"dropped: {reason.code}"
    return "begun anew, with the same event id"


def settle_in(stack: str | None) -> dict[str, str]:
    """The stack's outputs; from now on the package works for it, as its functions do."""
    if stack is None:
        cloud = local_cloud()
        names = {"endpoint_url": "AWS_ENDPOINT_URL", "region_name": "AWS_DEFAULT_REGION"}
        os.environ |= {names.get(name, name.upper()): value for name, value in cloud.items()}
        os.environ["AWS_ENDPOINT_URL_DYNAMODB"] = local_cloud("dynamodb")["endpoint_url"]
    found = outputs(stack)
    os.environ |= {
        "TASK_TABLE": found["TaskTableName"],
        "OWNER_TABLE": found["OwnerTableName"],
        "API_URL": found["ApiUrl"],
        "DELIVER_QUEUE_URL": found["DeliverQueueUrl"],
        "SLOW_DELIVER_QUEUE_URL": found["SlowDeliverQueueUrl"],
        **_identity(),
    }
    return found


def _identity() -> dict[str, str]:
    """Who we are, wherever boto3 found it, for the package: it looks nowhere but there."""
    session = boto3.Session()
    found = session.get_credentials().get_frozen_credentials()
    return {
        "AWS_REGION": session.region_name,
        "AWS_ACCESS_KEY_ID": found.access_key,
        "AWS_SECRET_ACCESS_KEY": found.secret_key,
        "AWS_SESSION_TOKEN": found.token or "",
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="redrive", description="Returns dead letters")
    parser.add_argument("--stack", help="a stack in AWS; without it, the running local cloud")
    try:
        for line in Redrive(settle_in(parser.parse_args().stack)).run():
            print(line)
    except (Refused, Busy, AwsError, BotoCoreError, ClientError) as error:
        sys.exit(f"redrive: {error}")


if __name__ == "__main__":
    main()
