"""A webhook is believed if it was signed just now with our secret, whoever wrote the signer."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from client.tests.driving import ENDED
from plantain.signatures import headers_of, new_secret
from standardwebhooks import Webhook

from plantain_client import Event, WebhookInvalid, verify_webhook

OLD, SECRET = new_secret(), new_secret()
NOW = 1_800_000_000
EVENT = {
    "id": "evt_1",
    "type": "task.succeeded",
    "version": "1",
    "createdAt": "2027-01-15T08:00:09.000Z",
    "data": {**ENDED, "input": {"prompt": "香蕉"}},
}
BODY = json.dumps(EVENT, ensure_ascii=False).encode()


def signed(*secrets: str, body: bytes = BODY, at: int = NOW) -> dict[str, str]:
    return headers_of("evt_1", at, body, secrets)


def verified(headers: dict[str, str], body: bytes = BODY, secret: str = SECRET) -> Event:
    return verify_webhook(headers, body, secret, now=NOW)


def test_what_plantain_signs_is_believed() -> None:
    event = verified(signed(SECRET))
    assert (event.id, event.type) == ("evt_1", "task.succeeded")
    assert event.task is not None
    assert event.task.input["prompt"] == "香蕉"


def test_what_the_reference_library_signs_is_believed() -> None:
    moment = datetime.fromtimestamp(NOW, UTC)
    signature = Webhook(SECRET).sign("evt_1", moment, BODY.decode())
    headers = {"Webhook-Id": "evt_1", "Webhook-Timestamp": str(NOW), "Webhook-Signature": signature}
    assert verified(headers).id == "evt_1"


def test_text_may_be_given_for_bytes() -> None:
    assert verify_webhook(signed(SECRET), BODY.decode(), SECRET, now=NOW).id == "evt_1"


@pytest.mark.parametrize("secret", [OLD, SECRET], ids=["old", "new"])
def test_while_the_secret_changes_either_is_enough(secret: str) -> None:
    assert verified(signed(SECRET, OLD), secret=secret).id == "evt_1"


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_clocks_may_differ_a_little(seconds: int) -> None:
    assert verified(signed(SECRET, at=NOW + seconds)).id == "evt_1"


def test_a_trial_has_no_task() -> None:
    body = json.dumps({**EVENT, "type": "webhook.test", "data": {}}).encode()
    assert verified(signed(SECRET, body=body), body).task is None


GOOD = signed(SECRET)
WRONG: dict[str, tuple[dict[str, str], bytes]] = {
    "another secret": (signed(OLD), BODY),
    "another body": (GOOD, BODY + b" "),
    "another id": ({**GOOD, "webhook-id": "evt_2"}, BODY),
    "another time": ({**GOOD, "webhook-timestamp": str(NOW + 1)}, BODY),
    "too old": (signed(SECRET, at=NOW - 301), BODY),
    "from the future": (signed(SECRET, at=NOW + 301), BODY),
    "no number": ({**GOOD, "webhook-timestamp": "now"}, BODY),
    "no time at all": ({**GOOD, "webhook-timestamp": "9" * 4000}, BODY),
    "no signature": ({**GOOD, "webhook-signature": ""}, BODY),
    "another version": ({**GOOD, "webhook-signature": GOOD["webhook-signature"][1:]}, BODY),
    "not ASCII": ({**GOOD, "webhook-signature": "v1,ü"}, BODY),
    "no event": (signed(SECRET, body=b"[]"), b"[]"),
    "no JSON": (signed(SECRET, body=b"{"), b"{"),
    **{f"without {name}": ({k: v for k, v in GOOD.items() if k != name}, BODY) for name in GOOD},
}


@pytest.mark.parametrize("name", WRONG)
def test_everything_else_is_not(name: str) -> None:
    with pytest.raises(WebhookInvalid):
        verified(*WRONG[name])


@pytest.mark.parametrize("secret", ["whsec_x", "secret!", "ü"])
def test_a_secret_that_is_none_is_told_so(secret: str) -> None:
    with pytest.raises(WebhookInvalid, match="secret"):
        verified(GOOD, secret=secret)


def test_nothing_that_is_told_helps_to_forge_one() -> None:
    expected = GOOD["webhook-signature"]
    with pytest.raises(WebhookInvalid) as caught:
        verified({**GOOD, "webhook-signature": "v1," + base64.b64encode(b"x" * 32).decode()})
    told: Any = caught.value
    assert expected not in repr(told)
    assert SECRET not in repr(told)
