"""The search for secrets in logs finds each kind, however it is written."""

import json
import logging
from pathlib import Path

import pytest

from plantain import tokens
from plantain.keys import new_key
from plantain.log import TALKATIVE
from plantain.signatures import new_secret
from tests.e2e.process import Running
from tests.leaks import PATTERNS, leaks

TOKEN = tokens.sign("tsk_a", 1, ["k" * 32])
PROMPT = 'a "lamp" on\n一 mountain, at dawn 🍌'
HARMLESS = """\
{"level":"INFO","message":"submitted","task":"tsk_abcdefghijklmnopqrstuvwxyz","reason":"429"}
{"level":"WARNING","location":"_look:107","message":"/v1/callback/{taskId}/{attempt}/{token}"}
START RequestId: 8f5d6c6e-6a3b-4f0e-9d62-0f6f0c1e7a11 GET /v1/tasks 202 bearer
"""
PLANTED = {
    "an API key": new_key(),
    "a webhook secret": new_secret(),
    "a callback's token": f"https://a.test/v1/callback/tsk_a/1/{TOKEN}",
    "a picture's link": "https://a.test/i/tsk_a/0/0123456789abcdef-_.png",
    "a signed address": "https://a.test/b?x=1&X-Amz-Signature=0a",
    "an Authorization header": "b'Bearer local-key'",
    "base64": "iVBORw0KGgo+" * 30,
}


def test_a_harmless_log_has_none() -> None:
    assert leaks(HARMLESS, [PROMPT, "0", "", "aaaaaaaaaaaaaaaaaaaa"]) == []


@pytest.mark.parametrize("what", PATTERNS)
def test_every_kind_is_found(what: str) -> None:
    found = leaks(f"{HARMLESS}{PLANTED[what]}\n{HARMLESS}")
    assert [find.partition(":")[0] for find in found] == [what]
    assert PLANTED[what] not in found[0]


@pytest.mark.parametrize(
    "written",
    [
        PROMPT,
        json.dumps({"prompt": PROMPT}),
        json.dumps({"prompt": PROMPT}, ensure_ascii=False),
        repr({"prompt": PROMPT}),
        f"[type=string_type, input_value={PROMPT!r}, input_type=str]",
    ],
)
def test_what_was_sent_is_found_however_it_is_written(written: str) -> None:
    assert len(leaks(HARMLESS + written, [PROMPT])) == 1


def test_a_beginning_or_an_end_is_enough() -> None:
    long = f"{PROMPT} {'very ' * 1000} nicely done indeed, in oil and water"
    assert leaks(HARMLESS + long[:100], [long])
    assert leaks(HARMLESS + long[-100:], [long])


@pytest.mark.parametrize("log", ["functions.log", "emulator.log", "watch.log"])
def test_a_local_cloud_that_logged_a_secret_does_not_end_well(log: str, tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs/functions.log").write_text(HARMLESS)
    running = Running(tmp_path, 0, None)  # type: ignore[arg-type]
    running.check_logs([PROMPT])
    (tmp_path / "logs" / log).write_text(f"{HARMLESS}{json.dumps(PROMPT)}")
    with pytest.raises(AssertionError, match=log):
        running.check_logs([PROMPT])


@pytest.mark.parametrize("name", TALKATIVE)
def test_who_would_tell_all_is_silent_at_any_level(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        assert logging.getLogger("anything.else").isEnabledFor(logging.DEBUG)
        assert not logging.getLogger(f"{name}.part").isEnabledFor(logging.INFO)
