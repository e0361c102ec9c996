"""POST /v1/callback/{taskId}/{attempt}/{token}: a provider rings; what it says is not believed."""

from plantain.entry import entry_point

from typing import Any

from plantain import callbacks


@entry_point
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    path = event["pathParameters"]
    known = callbacks.ring(path["taskId"], path["attempt"], path["token"], callbacks.body_of(event))
    return {"statusCode": 200 if known else 403, "body": ""}
