"""What AWS refuses is asked for again where that may help, and else told as it is."""

import json
from typing import Any

import pytest

from plantain import aws, store
from plantain.errors import AwsError, ConditionFailed
from tests.unit.aws import Cloud, get_item, refused
from tests.unit.samples import a_request, a_task


@pytest.mark.parametrize(
    "said",
    [
        "hangs up",
        "stops too early",
        (500, b"{}"),
        (503, b"<html>"),
        (200, b"<html>"),
        (400, b"[]"),
        refused("ThrottlingException"),
        refused("ProvisionedThroughputExceededException"),
    ],
    ids=str,
)
def test_what_passes_is_tried_again_after_longer_and_longer_pauses(
    said: Any, cloud: Cloud, pauses: list[float]
) -> None:
    cloud.says = [said, said, said]
    assert get_item() == {"Item": {}}
    assert len(cloud.asked) == aws.MAX_TRIES
    assert [0 <= pause < most for pause, most in zip(pauses, (1, 2, 4), strict=True)] == [True] * 3


def test_a_transaction_that_is_tried_again_is_known_by_its_token(
    cloud: Cloud, pauses: list[float]
) -> None:
    cloud.says = [(500, b"{}")]
    for name in ("one", "another"):
        store.create(a_task(task_id=f"tsk_{name}", request=a_request(prompt="A lamp. " * 1000)))
    first, again, other = (json.loads(body)["ClientRequestToken"] for *_, body in cloud.asked)
    assert first == again != other
    assert 1 <= len(first) <= 36


def test_and_not_for_ever(cloud: Cloud, pauses: list[float]) -> None:
    cloud.says = [refused("ThrottlingException")] * 9
    with pytest.raises(AwsError, match=r"GetItem: ThrottlingException: No\."):
        get_item()
    assert len(cloud.asked) == aws.MAX_TRIES


@pytest.mark.parametrize("told", [b"", b"{}", b'{"__type": null, "message": null, "Item": null}'])
def test_what_is_refused_without_a_reason_is_told_by_its_status(told: bytes, cloud: Cloud) -> None:
    cloud.says = [(400, told)]
    with pytest.raises(AwsError, match=r"GetItem: HTTP 400: $") as refusal:
        get_item()
    assert (refusal.value.code, refusal.value.item) == ("HTTP 400", {})


@pytest.mark.parametrize("code", ["AccessDeniedException", "ValidationException"])
def test_what_stays_is_said_at_once(code: str, cloud: Cloud, pauses: list[float]) -> None:
    cloud.says = [refused(code)]
    with pytest.raises(AwsError) as told:
        get_item()
    assert (told.value.code, told.value.status, len(cloud.asked)) == (code, 400, 1)


@pytest.mark.parametrize(
    "written",
    [
        "AccessDeniedException",
        "com.amazon.coral.service#AccessDeniedException",
        "AccessDeniedException:http://internal.amazon.com/coral/",
        "com.amazon.coral.service#AccessDeniedException:http://internal.amazon.com/#coral",
    ],
)
def test_a_code_is_read_however_it_is_written(written: str, cloud: Cloud) -> None:
    cloud.says = [(400, json.dumps({"__type": written}).encode())]
    with pytest.raises(AwsError) as told:
        get_item()
    assert told.value.code == "AccessDeniedException"


@pytest.mark.parametrize(
    "code", ["ConditionalCheckFailedException", "TransactionCanceledException"]
)
def test_a_failed_condition_says_what_is_there(code: str, cloud: Cloud) -> None:
    cloud.says = [refused(code, Item={"state": {"S": "failed"}})]
    with pytest.raises(ConditionFailed) as told:
        get_item()
    assert told.value.item == {"state": {"S": "failed"}}


def test_a_signature_that_is_refused_is_not_explained_with_our_token(cloud: Cloud) -> None:
    explained = (
        "It does not match.\n\nThe Canonical String should have been\nx-amz-security-token:t"
    )
    told = {"__type": "InvalidSignatureException", "message": explained}
    cloud.says = [(400, json.dumps(told).encode())]
    with pytest.raises(AwsError) as refusal:
        get_item()
    assert str(refusal.value) == "GetItem: InvalidSignatureException: It does not match."
