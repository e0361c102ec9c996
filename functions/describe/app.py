"""GET /openapi.json and /docs: what this API is, for programs and for people."""

from plantain.entry import entry_point

import json
from functools import cache
from typing import Any

from plantain.contract import document
from plantain.contract.page import POLICY, page
from plantain.http import Api, kept

api = Api()
handler = entry_point(api.handler)


@cache
def told(base_url: str) -> tuple[str, str]:
    described = document(base_url)
    return json.dumps(described, ensure_ascii=False, separators=(",", ":")), page(described)


@api.get("/openapi.json")
def get_document() -> Any:
    return kept(api, "application/json", told(api.base_url)[0])


@api.get("/docs")
def get_page() -> Any:
    policy = {"Content-Security-Policy": POLICY, "Referrer-Policy": "no-referrer"}
    return kept(api, "text/html; charset=utf-8", told(api.base_url)[1], **policy)
