"""Any Standard Webhooks library takes our signatures, also while a secret is being replaced."""

import base64
import json
import time
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from plantain.errors import SettingInvalid
from plantain.notices import Webhook as OwnersWebhook
from plantain.signatures import headers_of, new_secret

EVENT = {"id": "evt_1", "data": {"prompt": "a plantain – in sunglasses, 香蕉"}}
BODY = json.dumps(EVENT, ensure_ascii=False).encode()


def headers(*secrets: str, sent: float | None = None) -> dict[str, str]:
    return headers_of("evt_1", int(sent or time.time()), BODY, secrets)


def test_a_secret_is_what_the_standard_asks_for() -> None:
    first, second = new_secret(), new_secret()
    assert first != second
    assert first.startswith("whsec_")
    assert 24 <= len(base64.b64decode(first.removeprefix("whsec_"), validate=True)) <= 64


def test_a_receiver_takes_a_signature() -> None:
    secret = new_secret()
    assert Webhook(secret).verify(BODY, headers(secret)) == EVENT


def test_our_signature_is_the_one_that_the_library_makes() -> None:
    secret, sent = new_secret(), 1_800_000_000
    made = Webhook(secret).sign("evt_1", datetime.fromtimestamp(sent, UTC), BODY.decode())
    assert headers(secret, sent=sent) == {
        "webhook-id": "evt_1",
        "webhook-timestamp": str(sent),
        "webhook-signature": made,
    }


def test_while_a_secret_is_replaced_both_are_good() -> None:
    old, new = new_secret(), new_secret()
    sent = headers(new, old)
    assert len(sent["webhook-signature"].split(" ")) == 2
    for secret in (old, new):
        assert Webhook(secret).verify(BODY, sent) == EVENT


def test_nothing_goes_out_unsigned() -> None:
    with pytest.raises(SettingInvalid):
        headers()


@pytest.mark.parametrize(
    "broken",
    [
        {"webhook-id": "evt_2"},
        {"webhook-timestamp": str(int(time.time()) - 100)},  # never the one that is sent
        {"webhook-signature": "v1,AAAA"},
    ],
)
def test_whatever_is_changed_on_the_way_is_noticed(broken: dict[str, str]) -> None:
    secret = new_secret()
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(BODY, {**headers(secret, sent=time.time() - 10), **broken})
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(BODY + b" ", headers(secret))


def test_a_former_secret_signs_until_its_time_is_over() -> None:
    webhook = OwnersWebhook(
        secret="new", previous_secret="old", previous_secret_until="2027-01-02T00:00:00.000Z"
    )
    assert webhook.secrets("2027-01-01T23:59:59.999Z") == ["new", "old"]
    assert webhook.secrets("2027-01-02T00:00:00.000Z") == ["new"]
    assert OwnersWebhook(secret="only").secrets("2027-01-01T00:00:00.000Z") == ["only"]
