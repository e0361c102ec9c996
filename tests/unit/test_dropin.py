"""The edge of the dialects: whoever's client it is finds its own words in what it is told."""

import json

import pytest

from plantain.http import MAX_INLINE_BODY
from plantain.models import Task
from tests.unit import test_dialects
from tests.unit.gateway import told
from tests.unit.samples import dialect_recording as recording
from tests.unit.test_dialects import post

taken = test_dialects.taken


@pytest.mark.parametrize(
    ("name", "status"), [("maxapi", 413), ("aigptimage", 400), ("liangxin", 413), ("apixo", 400)]
)
def test_too_large_a_body_is_refused_as_its_page_says(
    name: str, status: int, taken: list[tuple[Task, str | None]]
) -> None:
    each = recording(name)["submissions"][0]
    answer = post(each["path"], json.dumps(each["body"]).rjust(MAX_INLINE_BODY + 1))
    assert (answer["statusCode"], told(answer)["code"]) == (status, status)
    assert taken == []
