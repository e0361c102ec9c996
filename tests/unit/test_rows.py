"""A task comes back from its row as it went in, and a long request has an item of its own."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plantain import rows
from plantain.errors import FailureCode
from plantain.models import Attempt, Claim, Failure, LateSuccess, State, Task
from tests.unit.samples import NOW, a_request, a_task, an_image

LONG = a_request(
    prompt="A very long story. " * 100, aspectRatio="1:1", outside={"metadata": {"a": 1}}
)


def full_task() -> Task:
    """A task with every field set to something that is not its default."""
    attempt = Attempt(number=1, provider="apixo", provider_task_id="old", outcome="unknown")
    late = LateSuccess(
        attempt=1, provider="apixo", provider_task_id="old", urls=["https://a.test"], seen_at="then"
    )
    return a_task(
        State.FAILED,
        attempt=2,
        provider_task_id="job",
        link_token="t",
        dialect="apixo",
        claim=Claim(key="0123456789ab", at=NOW, prices={"apixo": 39_000}),
        writer="w",
        hold=NOW + 1,
        out={"apixo": NOW},
        past=[attempt],
        shard=3,
        due=NOW + 2,
        result=NOW + 3,
        bad_fetches=2,
        images=[an_image("a"), an_image("b")],
        failure=Failure(code=FailureCode.RESULT_INVALID, message="ünïcödé 🍌"),
        late_success=[late],
        trail=["0.000 submitting apixo"],
        finished_at="2027-01-15T08:00:01.000Z",
    )


def there_and_back(task: Task) -> Task:
    typed = json.loads(json.dumps(rows.pack_row(rows.row_of(task))))
    whole = rows.whole(task.request) if rows.is_long(task.request) else None
    return rows.task_of(rows.unpack_row(typed), whole)


def test_every_field_of_a_task_survives_its_row() -> None:
    task = full_task()
    unset = [n for n, f in Task.model_fields.items() if getattr(task, n) == f.get_default()]
    assert unset == []
    assert there_and_back(task) == task


@pytest.mark.parametrize("state", State)
def test_a_bare_task_of_every_state_survives_its_row(state: State) -> None:
    assert there_and_back(a_task(state)) == a_task(state)


def test_what_is_empty_is_not_written() -> None:
    row = rows.row_of(a_task())
    assert None not in row.values()
    assert not {"images", "past", "out", "due", "shard", "failure", "providerTaskId"} & set(row)


def test_what_the_indexes_and_filters_read_is_plain() -> None:
    row = rows.row_of(a_task(State.SUBMITTED, due=5, shard=1))
    expected = {
        "taskId": "tsk_test",
        "item": "task",
        "owner": "alice",
        "createdAt": "2027-01-15T08:00:00.000Z",
        "due": 5,
        "shard": 1,
        "state": "submitted",
        "status": "processing",
        "model": "nano-banana",
    }
    assert expected.items() <= row.items()


def test_a_short_request_stays_in_the_row() -> None:
    request = a_request(imageUrls=["https://example.com/a.png"])
    assert not rows.is_long(request)
    assert rows.brief(request) == request


def test_a_long_request_leaves_its_head_in_the_row() -> None:
    task = a_task(request=LONG)
    row = rows.row_of(task)
    assert len(row["request"]) < rows.INLINE_BYTES
    head = rows.task_of(row).request
    assert LONG.input.prompt.startswith(head.input.prompt)
    assert head.as_sent()["metadata"] == {"a": 1}
    assert head.input.aspect_ratio == "1:1"
    assert there_and_back(task).request == LONG


def test_references_do_not_stay_in_the_row_of_a_long_request() -> None:
    request = a_request(imageUrls=[f"https://example.com/{'x' * 2000}/{n}.png" for n in range(14)])
    assert rows.is_long(request)
    assert len(rows.row_of(a_task(request=request))["request"]) < rows.INLINE_BYTES


def test_a_long_prompt_may_begin_with_white_space() -> None:
    task = a_task(request=a_request(prompt=" " * 600 + "A lamp"))
    assert there_and_back(task) == task


@given(st.text(min_size=1).filter(lambda text: text.strip()))
def test_any_prompt_survives_its_row(prompt: str) -> None:
    task = a_task(request=a_request(prompt=prompt))
    assert there_and_back(task).request.input.prompt == prompt


packable = st.recursive(
    st.booleans() | st.text() | st.integers(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(min_size=1), inner),
)


@given(packable)
def test_packing_is_undone_by_unpacking(value: Any) -> None:
    assert rows.unpack(rows.pack(value)) == value


def test_an_empty_map_is_one_also_where_its_kind_is_left_out() -> None:
    row = {"claim": {"M": {"key": {"S": "k"}, "prices": {}}}}
    assert rows.unpack_row(row) == {"claim": {"key": "k", "prices": {}}}


@pytest.mark.parametrize("value", [None, 1.5, b"x", {1}])
def test_what_rows_cannot_hold_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="rows hold no"):
        rows.pack({"a": [value]})
