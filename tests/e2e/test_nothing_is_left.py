"""After all that: every purchase, picture and message is accounted for."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.cloud import Cloud, eventually
from tests.e2e.secrets import secrets_of
from tests.leaks import leaks

UPLOADS = "uploads/"  # references, which are kept for as long as a parameter says
WAITING = "result"  # the tests of images leave some tasks that wait for theirs


@pytest.fixture(scope="module")
def rows(cloud: Cloud) -> list[dict[str, Any]]:
    """Every task, once all that can end have ended and were told."""
    eventually(lambda: list(filter(_open, cloud.aws.rows())), lambda running: not running)
    return list(cloud.aws.rows())


def _open(row: dict[str, Any]) -> bool:
    return "due" in row and WAITING not in row


def test_every_picture_belongs_to_a_task_that_shows_it(
    cloud: Cloud, rows: list[dict[str, Any]]
) -> None:
    shown = eventually(lambda: list(_shown(cloud)), lambda found: all(map(_is_small_too, found)))
    stored = {each.key for each in cloud.aws.objects()}
    assert {key for key in stored if not key.startswith(UPLOADS)} == {
        image[name]["S"] for image in shown for name in ("key", "thumbnail")
    }


def _shown(cloud: Cloud) -> Iterator[dict[str, Any]]:
    for row in cloud.aws.rows():
        if row["state"] == {"S": "succeeded"}:
            yield from (image["M"] for image in row["images"]["L"])


def _is_small_too(image: dict[str, Any]) -> bool:
    return "thumbnail" in image


def test_no_task_was_bought_twice(cloud: Cloud) -> None:
    bought = Counter(_task_id(entry) for entry in cloud.ledger() if entry["charged"])
    assert set(bought.values()) == {1}


def _task_id(entry: dict[str, Any]) -> object:
    """Our id of what a provider was sent, from the address or the request id that it was given."""
    named: str = entry["callbackUrl"] or entry["requestId"]
    return re.findall(r"tsk_[a-z2-7]{26}", named)[0]


def test_every_end_was_told_once(cloud: Cloud, rows: list[dict[str, Any]]) -> None:
    events = {row["taskId"]["S"]: cloud.mailbox.of(row["taskId"]["S"]) for row in rows}
    told = {task_id: len({one.body["id"] for one in each}) for task_id, each in events.items()}
    ended = {row["taskId"]["S"] for row in rows if "finishedAt" in row}
    assert {task_id: times for task_id, times in told.items() if times} == dict.fromkeys(ended, 1)


@pytest.mark.parametrize("queue", ["Advance", "Poll", "Publish"])
def test_no_message_was_given_up(cloud: Cloud, queue: str) -> None:
    url = cloud.aws.outputs[f"{queue}DeadLettersUrl"]
    assert "Messages" not in cloud.aws.client("sqs").receive_message(QueueUrl=url)


def test_every_secret_is_known_to_the_search_of_the_logs(cloud: Cloud) -> None:
    """Which runs when the cloud ends, and finds nothing only because nothing is there."""
    secrets = secrets_of(json.loads((cloud.directory / "ready.json").read_text()))
    tokens = {e["callbackUrl"].rpartition("/")[2] for e in cloud.ledger() if e["callbackUrl"]}
    prompts = {entry["prompt"] for entry in cloud.ledger()}
    assert {cloud.key, "local-maxapi-key", *tokens, *prompts} <= secrets
    assert len(tokens) > 1
    log = (cloud.directory / "logs/functions.log").read_text()
    assert [each for each in tokens | prompts if not leaks(log + each, [each])] == []


def test_no_function_raised(cloud: Cloud) -> None:
    log = (cloud.directory / "logs/functions.log").read_text()
    assert "Traceback" not in log
    assert '"level":"ERROR"' not in log
