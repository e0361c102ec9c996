"""What happened to a task is told by its row, briefly, and however often it happened."""

from plantain import lifecycle, trail
from plantain.models import State, Task
from plantain.rings import Ring
from tests.unit.samples import NOW, a_task


def after(task: Task, *words: str) -> list[str]:
    for number, word in enumerate(words):
        task = trail.mark(task, NOW + number, word)
    return task.trail


def test_a_mark_says_when_since_the_beginning_what_and_why() -> None:
    task = trail.mark(a_task(), NOW + 1.5, "refused", "HTTP 429")
    assert task.trail == ["1.500 refused HTTP 429"]


def test_a_clock_that_runs_behind_counts_as_the_beginning() -> None:
    assert trail.mark(a_task(), NOW - 5, "submitted").trail == ["0.000 submitted"]


def test_a_long_trail_keeps_its_beginning_and_its_end() -> None:
    words = after(a_task(), *map(str, range(100)))
    assert [word.split()[1] for word in words] == [*map(str, range(10)), *map(str, range(70, 100))]


def test_a_mark_stays_short() -> None:
    (mark,) = trail.mark(a_task(), NOW, "unkept", "x" * 5000).trail
    assert len(mark) == trail.MAX_MARK


def test_it_says_who_had_reason_to_look() -> None:
    rings = [
        Ring(task_id="tsk_test"),
        Ring(task_id="tsk_test", attempt=1, hint="job"),
        Ring(task_id="tsk_test", attempt=1, chain=True),
    ]
    marks = [trail.rung(a_task(), ring, NOW).trail for ring in rings]
    assert marks == [["0.000 sweep"], ["0.000 webhook"], ["0.000 check"]]


def test_every_move_leaves_a_mark() -> None:
    task = lifecycle.sending(a_task(State.QUEUED), "apixo", NOW, 40, "me")
    task = lifecycle.unclear(task, NOW + 1, "no answer: ReadTimeout")
    task = lifecycle.cancelled(task, NOW + 2)
    assert task.trail == [
        "0.000 submitting apixo",
        "1.000 unknown no answer: ReadTimeout",
        "2.000 cancelled",
    ]
