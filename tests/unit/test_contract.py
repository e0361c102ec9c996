"""The API's description says what the code does, and shows what it really answered."""

import inspect
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from plantain import errors
from plantain.contract import EXAMPLES, ROUTES, dialects
from plantain.contract.errors import OF_WHOEVER_ASKS
from plantain.contract.route import Json, Route
from plantain.errors import ApiError, Conflict
from plantain.lifecycle import STATUS
from plantain.models import MODELS
from plantain.providers import all_providers
from plantain.routing import CHECKS
from plantain.shapes.tasks import Status
from tests.contract import DOCUMENT, assert_answer, assert_fits, assert_request, operations
from tools.route_table import table
from tools.template import of_type

ROOT = Path(__file__).parents[2]
KINDS = ("application/problem+json", "application/json")


def routes_of_template() -> dict[tuple[str, str], bool]:
    """Each route of the API, and whether it wants a key."""
    events = [
        event["Properties"]
        for function in of_type("Function").values()
        for event in function.get("Events", {}).values()
        if event["Type"] == "HttpApi" and event["Properties"]["ApiId"] == {"Ref": "Api"}
    ]
    return {(e["Method"], e["Path"]): e.get("Auth", {}).get("Authorizer") != "NONE" for e in events}


def test_every_route_of_the_template_is_described_and_no_other() -> None:
    own = {(r.method, r.path): r.with_key for r in ROUTES if r not in dialects.ROUTES}
    others = {(r.method, "/api/{proxy+}") for r in dialects.ROUTES}
    assert all(route.path.startswith("/api/") for route in dialects.ROUTES)
    assert {**own, **dict.fromkeys(others, False)} == routes_of_template()


def test_every_operation_has_a_name_of_its_own_and_a_known_tag() -> None:
    names = [route.name for route in ROUTES]
    assert len(set(names)) == len(names)
    assert {tag for route in ROUTES for tag in (route.tag, *route.more_tags)} == {
        tag["name"] for tag in DOCUMENT["tags"]
    }


def test_every_error_that_a_client_may_see_is_described_somewhere() -> None:
    kinds = {kind for _, kind in inspect.getmembers(errors, inspect.isclass)}
    told = {kind for kind in kinds if issubclass(kind, ApiError)} - {ApiError, Conflict}
    described = {error for route in ROUTES for error in route.errors}
    everywhere = {errors.NotHere, *OF_WHOEVER_ASKS}
    assert described == told - {errors.LimitReached} - everywhere


def test_codes_are_the_same_for_ever() -> None:
    codes = {error.code for route in ROUTES for error in route.errors}
    assert codes == {
        "busy", "idempotency_key_reused", "invalid_request", "link_not_found",
        "malformed_request", "no_price", "no_provider", "no_webhook", "request_too_large",
        "task_bought", "task_deleted", "task_finished", "task_not_found", "task_running",
        "too_many_active", "too_many_tasks", "too_much_spent", "unknown_key",
        "unsupported_media_type",
    }  # fmt: skip


def test_whoever_needs_a_key_may_ask_too_often_and_is_told_when_to_come_back() -> None:
    for route in ROUTES:
        answers = DOCUMENT["paths"][route.path][route.method.lower()]["responses"]
        problems = answers["429"]["content"].get("application/problem+json")
        assert bool(problems) is (route.with_key and not route.refusal)
        assert ("Retry-After" in answers["429"].get("headers", {})) is route.with_key


def test_every_reference_leads_somewhere_and_every_shape_is_used() -> None:
    used = set(re.findall(r"'#/components/(\w+/[\w-]+)'", str(DOCUMENT)))
    made = {
        f"{kind}/{name}" for kind in ("schemas", "headers") for name in DOCUMENT["components"][kind]
    }
    assert used == made


def test_enums_are_those_of_the_code() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    assert set(schemas["Task"]["properties"]["status"]["enum"]) == set(STATUS.values())
    assert set(Status.__args__) == set(STATUS.values())  # type: ignore[attr-defined]
    request = schemas["TaskRequest"]["properties"]
    assert request["model"]["enum"] == list(MODELS)
    assert set(request["provider"]["enum"]) == {*all_providers(), None}
    asked = schemas["TaskInput"]["properties"]
    for check in CHECKS:
        field = asked.get(check.field.removeprefix("input."), {})
        if "enum" in field:
            offers = [offer for p in all_providers().values() for offer in p.offers]
            assert {v for offer in offers for v in check.allowed(offer)} <= set(field["enum"])


def examples() -> list[Any]:
    return [
        pytest.param(name, kind, body, id=f"{name}-{kind}")
        for name, kept in EXAMPLES.items()
        if name != "taskEvent"
        for kind, body in kept.items()
    ]


@pytest.mark.parametrize(("name", "kind", "body"), examples())
def test_an_example_fits_its_own_description(name: str, kind: str, body: Json) -> None:
    if kind == "request":
        assert_request(name, body)
    else:
        assert_answer(name, int(kind), KINDS["title" not in body], body)


def test_the_example_of_an_event_fits() -> None:
    assert_request("taskEvent", EXAMPLES["taskEvent"])


def test_every_route_that_answers_json_shows_an_example_of_it() -> None:
    def shaped(route: Route) -> bool:
        return any(answer.shape for answer in route.answers)

    assert {r.name for r in ROUTES if shaped(r)} <= set(EXAMPLES)
    shown = [o for o in operations().values() if "'example'" in str(o)]
    assert len(shown) >= len(EXAMPLES)


def test_what_is_not_described_does_not_fit() -> None:
    task = EXAMPLES["getTask"]["200"]
    with pytest.raises(AssertionError, match="owner"):
        assert_answer("getTask", 200, KINDS[1], {**task, "owner": "alice"})
    with pytest.raises(AssertionError, match="required"):
        assert_answer("getTask", 200, KINDS[1], {n: v for n, v in task.items() if n != "images"})
    with pytest.raises(AssertionError, match="yesterday"):
        assert_answer("getTask", 200, KINDS[1], {**task, "createdAt": "yesterday"})
    with pytest.raises(AssertionError):
        assert_fits({"$ref": "#/components/schemas/TaskInput"}, {"prompt": " "})


def test_no_function_but_describe_carries_the_description() -> None:
    apps = {app.parent.name: app.read_text() for app in ROOT.glob("functions/*/app.py")}
    assert [name for name, text in apps.items() if "plantain.contract" in text] == ["describe"]
    look = "import plantain.http, sys; print('plantain.contract' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", look], check=True, capture_output=True, text=True)
    assert run.stdout == "False\n"


def test_the_table_of_routes_is_the_one_made_from_the_code() -> None:
    page = (ROOT / "docs/api.md").read_text()
    assert table() in page, "paste the output of: python -m tools.route_table"
