"""Connections to AWS are kept, given up when dead, and never made in the dark."""

import threading
from typing import Any

import pytest

from plantain import aws, tls, wire
from plantain.errors import AwsError
from tests.unit.aws import Cloud, get_item


def test_a_connection_is_kept(cloud: Cloud) -> None:
    table = aws.Json("dynamodb")
    for _ in range(5):
        table.scan(TableName="tasks")
    assert (len(cloud.asked), cloud.connections) == (5, 1)


def test_one_that_was_closed_meanwhile_is_not_used_and_costs_no_pause(
    cloud: Cloud, pauses: list[float]
) -> None:
    table = aws.Json("dynamodb")
    cloud.says = ["says good-bye"]
    table.scan(TableName="tasks")
    ((idle,),) = table._wire._idle.values()
    while idle.sock is not None and not wire.is_dropped(idle):
        threading.Event().wait(0.01)
    table.scan(TableName="tasks")
    assert (len(cloud.asked), cloud.connections, pauses) == (2, 2, [])


def test_where_one_turns_out_to_be_dead_no_other_that_was_kept_is_tried(
    cloud: Cloud, pauses: list[float]
) -> None:
    table = aws.Json("dynamodb")
    table.scan(TableName="tasks")
    (idle,) = table._wire._idle.values()
    first = idle.pop()
    table.scan(TableName="tasks")
    idle.append(first)
    cloud.says = ["hangs up"]
    table.scan(TableName="tasks")
    assert (len(cloud.asked), cloud.connections) == (4, 3)


def test_several_may_ask_at_once(cloud: Cloud) -> None:
    table, told = aws.Json("dynamodb"), list[Any]()
    threads = [
        threading.Thread(target=lambda: told.append(table.scan(TableName="tasks")))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told == [{"Item": {}}] * 8
    assert cloud.connections <= 8


def test_where_nobody_answers_that_is_said(
    environment: pytest.MonkeyPatch, pauses: list[float]
) -> None:
    environment.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    with pytest.raises(AwsError) as told:
        get_item()
    assert (told.value.code, told.value.status, len(pauses)) == ("Unreachable", 0, 3)


def test_nobody_is_waited_for_who_never_answers(
    cloud: Cloud, pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "READ_SECONDS", 0.05)
    cloud.says = ["is silent"] * aws.MAX_TRIES
    with pytest.raises(AwsError) as told:
        get_item()
    assert (told.value.code, type(told.value.__cause__)) == ("Unreachable", TimeoutError)


@pytest.mark.parametrize("cloud", ["https"], indirect=True)
def test_who_cannot_show_that_it_is_aws_hears_nothing(
    cloud: Cloud, pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "tls", tls)
    with pytest.raises(AwsError) as told:
        get_item()
    assert (told.value.code, cloud.asked) == ("Unreachable", [])
