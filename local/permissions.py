"""The functions act in their own roles, as in AWS; what each asked for is written down."""

from pathlib import Path
from typing import Any

from ministack.core import iam_evaluator
from ministack.services import sts

from local.faults import App, Scope

TLS = (b"x-forwarded-proto", b"https")


def note_permissions(path: Path) -> None:
    """Write a line, once, for each role, action, resource and verdict: allowed or refused."""
    enforce, noted = iam_evaluator.enforce, set[str]()

    def enforce_and_note(
        key: str, action: str, service: str, region: str, resource_arn: str = "*", **rest: Any
    ) -> Any:
        if service == "sqs":  # for a batch AWS has no permission of its own
            action = action.removesuffix("Batch")
        refusal = enforce(key, action, service, region, resource_arn, **rest)
        if session := sts._sessions.get(key):
            role = session["Arn"].split("/")[1]
            line = f"{role} {action} {resource_arn} {'refused' if refusal else 'allowed'}\n"
            if line not in noted:
                noted.add(line)
                with path.open("a") as file:
                    file.write(line)
        return refusal

    iam_evaluator.enforce = enforce_and_note


def as_if_over_tls(app: App, port: int) -> App:
    """What comes to AWS's port came over TLS, unless it says otherwise."""

    async def answer(scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["server"][1] == port:
            headers = scope["headers"]
            if TLS[0] not in dict(headers):
                scope = {**scope, "headers": [*headers, TLS]}
        await app(scope, receive, send)

    return answer
