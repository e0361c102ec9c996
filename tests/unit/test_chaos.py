"""The audit of a chaos run finds what is wrong: each kind of loss, made on purpose."""

from typing import Any

import pytest

from local.chaos.audit import ZEROS, audit
from local.chaos.clients import Said
from local.chaos.facts import Facts
from local.chaos.plan import make_plan

ID, PROMPT = "tsk_a", "chaos 1, picture 0"
KEY = f"local/{ID}/abc.png"
MODELS = [
    {
        "model": "nano-banana",
        "providers": [
            {"provider": "maxapi", "modes": ["text-to-image"], "resolution": ["1K"]},
            {"provider": "aigptimage", "modes": ["image-to-image"], "resolution": []},
        ],
    }
]


def a_row(**changed: Any) -> dict[str, Any]:
    return {
        "taskId": ID,
        "state": "succeeded",
        "request": f'{{"model": "nano-banana", "input": {{"prompt": "{PROMPT}"}}}}',
        "images": [{"key": KEY, "contentType": "image/png", "bytes": 9}],
        "createdAt": "2026-01-01T00:00:00.000Z",
        "finishedAt": "2026-01-01T00:00:09.000Z",
        **changed,
    }


def a_bill(**changed: Any) -> dict[str, Any]:
    job = {"provider": "maxapi", "taskId": "job", "prompt": PROMPT, "state": "SUCCESS"}
    paid = {"charged": True, "outcome": "accepted", "pictures": 1, "webhooks": []}
    return {**job, **paid, **changed}


def facts(row: dict[str, Any] | None = None, **changed: Any) -> Facts:
    event = {"id": "evt_1", "type": "task.succeeded"}
    good: dict[str, Any] = {
        "rows": {ID: row or a_row()},
        "ledger": [a_bill()],
        "objects": {KEY: ("image/png", 9)},
        "events": {ID: [event, event]},
    }
    return Facts(**{**good, **changed})


def wrong(found: Facts, *ids: str) -> dict[str, list[str]]:
    result = audit(found, {PROMPT: Said(ids=set(ids or (ID,)))}, first_check=5, sweep=2)
    return {what: lines for what, lines in result.wrong.items() if lines}


def failed(code: str, **changed: Any) -> Facts:
    row = a_row(state="failed", failure={"code": code}, images=[], **changed)
    return facts(row, objects={}, events={ID: [{"id": "evt_1", "type": "task.failed"}]})


def test_where_nothing_is_wrong_nothing_is_found() -> None:
    assert wrong(facts()) == {}


@pytest.mark.parametrize(
    ("what", "found", "ids"),
    [
        ("lost", facts(a_row(state="submitted", due=1)), (ID,)),
        ("lost", facts(a_row(due=1)), (ID,)),
        ("lost", facts(), (ID, "tsk_b")),
        ("lost", facts(rows={}, objects={}, events={}), (ID,)),
        ("paid twice", facts(ledger=[a_bill(), a_bill(taskId="other")]), (ID,)),
        ("two tasks for one key", facts(), (ID, "tsk_b")),
        ("images missing", facts(objects={}), (ID,)),
        ("images missing", facts(objects={KEY: ("image/png", 8)}), (ID,)),
        ("images missing", facts(ledger=[a_bill(pictures=2)]), (ID,)),
        ("orphans", facts(objects={KEY: ("image/png", 9), "local/tsk_x/y.png": ("", 1)}), (ID,)),
        ("events missing or with two ids", facts(events={}), (ID,)),
        ("events missing or with two ids", facts(events={ID: [{"id": "a", "type": "b"}]}), (ID,)),
        ("paid, failed, unexplained", failed("deadline_exceeded"), (ID,)),
    ],
)
def test_each_loss_is_found(what: str, found: Facts, ids: tuple[str, ...]) -> None:
    assert what in ZEROS
    assert what in wrong(found, *ids)


@pytest.mark.parametrize("code", ["content_moderation", "result_invalid", "charge_unknown"])
def test_a_failure_with_an_excuse_is_explained(code: str) -> None:
    assert wrong(failed(code)) == {}


def test_a_late_success_explains_a_failure() -> None:
    assert wrong(failed("deadline_exceeded", lateSuccess=[{"attempt": 1}])) == {}


def test_the_same_seed_is_the_same_plan() -> None:
    assert make_plan(7, 50, MODELS) == make_plan(7, 50, MODELS)
    assert make_plan(7, 50, MODELS) != make_plan(8, 50, MODELS)


def test_a_plan_tries_every_way_and_repeats_some() -> None:
    plan = make_plan(7, 50, MODELS)
    assert {"imageUrls" in order.body["input"] for order in plan.orders} == {True, False}
    assert {"provider" in order.body for order in plan.orders} == {True, False}
    assert any(order.copies > 1 and order.key for order in plan.orders)
    assert all(0 < kill.at < 1 for kill in plan.kills)
