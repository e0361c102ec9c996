"""The functions, and calls to them as API Gateway makes them: its payload format 2.0."""

import importlib.util
import json
from typing import Any
from urllib.parse import urlencode

from tests.unit.samples import ROOT

REQUEST_ID = "JKJaXmPLvHcESHA="


def function(verb: str) -> Any:
    """functions/<verb>/app.py; all of them are called app, so none can be imported by name."""
    path = ROOT / "functions" / verb / "app.py"
    spec = importlib.util.spec_from_file_location(f"function_{verb}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def request(
    method: str,
    path: str,
    body: str | None = None,
    query: dict[str, str] | None = None,
    **more: Any,
) -> dict[str, Any]:
    headers = {
        "accept": "*/*",
        "authorization": "Bearer plt_x",
        "content-type": "application/json",
        "host": "r3pmxmplak.execute-api.eu-central-1.amazonaws.com",
        "user-agent": "curl/8.5.0",
        "x-amzn-trace-id": "Root=1-5e6722a7-cc56xmpl46db7ae02d4da47e",
        "x-forwarded-for": "205.255.255.176",
        "x-forwarded-port": "443",
        "x-forwarded-proto": "https",
    }
    event = {
        "version": "2.0",
        "routeKey": f"{method} {path}",
        "rawPath": path,
        "rawQueryString": urlencode(query or {}, errors="replace"),
        "headers": {**headers, **more.pop("headers", {})},
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "r3pmxmplak",
            "authorizer": {"lambda": {"owner": "alice", "key": "0123456789ab", "limits": ""}},
            "domainName": headers["host"],
            "domainPrefix": "r3pmxmplak",
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "205.255.255.176",
                "userAgent": "curl/8.5.0",
            },
            "requestId": REQUEST_ID,
            "routeKey": f"{method} {path}",
            "stage": "$default",
            "time": "10/Mar/2027:05:16:23 +0000",
            "timeEpoch": 1583817383220,
        },
        "isBase64Encoded": False,
        **more,
    }
    return {
        **event,
        **({"queryStringParameters": query} if query else {}),
        **({"body": body} if body is not None else {}),
    }


def told(answer: dict[str, Any]) -> dict[str, Any]:
    """The JSON of an answer, which always carries the id of its request."""
    assert answer["headers"]["X-Request-Id"] == REQUEST_ID
    body: dict[str, Any] = json.loads(answer["body"])
    return body


def problem(answer: dict[str, Any], status: int, code: str) -> dict[str, Any]:
    """A problem document as RFC 9457 wants it."""
    body = told(answer)
    assert answer["statusCode"] == status
    assert answer["headers"]["Content-Type"] == "application/problem+json"
    assert {"type", "title", "status", "detail", "code"} <= set(body)
    assert (body["status"], body["code"]) == (status, code)
    return body
