"""The list of crash points is made from the code: what is new in the code is new in the list."""

import pytest

from tests.machine.points import POINTS, crash_points, unreached
from tests.machine.source import Code, sources

FILE = "layers/shared/plantain/events.py"
NEW = '    client("sns").publish(TopicArn=settings().task_topic_arn, Message="once more")\n'


def test_a_new_call_to_the_outside_is_a_new_point() -> None:
    files = sources()
    more = {str(point) for point in crash_points({**files, FILE: files[FILE] + NEW})}
    assert {
        "publish: tasks.tell > announce > events.publish#2 > sns.publish",
        "publish: tasks.tell > events.publish#2 > sns.publish",
    } <= more - {str(point) for point in POINTS}


def test_a_new_function_that_does_nothing_outside_needs_none() -> None:
    files = sources()
    assert crash_points({**files, "functions/idle/app.py": "def handler(): pass\n"}) == POINTS


def test_a_call_that_no_function_comes_to_is_told() -> None:
    files = sources()
    lost = f"def nobody_calls_this() -> None:\n{NEW}"
    assert unreached({**files, FILE: f"{files[FILE]}\n\n{lost}"})


def test_every_call_to_the_outside_is_in_the_list() -> None:
    assert unreached(sources()) == []


def test_nothing_leaves_in_a_way_that_cannot_be_followed() -> None:
    assert list(Code(sources()).unclear()) == []


@pytest.mark.parametrize("line", ['    told = client("sns")\n', '    httpx.post("https://a.b")\n'])
def test_what_leaves_in_another_way_is_told(line: str) -> None:
    files = sources()
    assert list(Code({**files, FILE: files[FILE] + line}).unclear())


def test_every_point_has_a_name_of_its_own() -> None:
    assert len({str(point) for point in POINTS}) == len(POINTS)
