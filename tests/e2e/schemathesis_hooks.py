"""Keeps schemathesis from having the hosts of strangers called."""

import re
from typing import Any

import schemathesis

NOWHERE = r"\g<1>hooks.invalid"


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    if isinstance(case.body, dict):
        for name in ("url", "callBackUrl", "callback_url"):
            if isinstance(url := case.body.get(name), str):
                case.body[name] = re.sub(r"^(https?://)[^/?#\s]*", NOWHERE, url)
