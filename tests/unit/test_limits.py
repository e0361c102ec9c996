"""Limits as a person writes them, and whose they are."""

import re
from typing import Any

import pytest

from plantain import limits
from plantain.callers import caller_of, owner_in
from plantain.errors import NobodyNamed, SettingInvalid
from plantain.limits import Limits
from tests.unit.gateway import function, problem, request
from tools.keys import OWNER
from tools.template import PARAMETERS

ISSUER = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_abc"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("", Limits()),
        (limits.EXAMPLE, Limits(requests=60, tasks=100, active=10, spend=5_000_000)),
        ("spend=0.039 tasks=7", Limits(tasks=7, spend=39_000)),
        ("tasks=none  active=1000", Limits(tasks=0, active=1000)),
    ],
)
def test_limits_are_read_and_written_as_the_same(text: str, meant: Limits) -> None:
    assert limits.read(text) == meant
    assert limits.read(limits.written(meant)) == meant


@pytest.mark.parametrize(
    "text",
    [
        *("tasks", "tasks=", "tasks=0", "tasks=1.5", "tasks=-1", "tasks=1/min", "active=5/day"),
        *("active=1001", "spend=0", "spend=$5", "spend=1e3", "requests=60/hour", "pictures=3"),
        *("tasks=1,active=2", "tasks=1 tasks=2", "requests=1234567", "tasks=٣"),
    ],
)
def test_what_is_no_limit_is_refused_with_a_word(text: str) -> None:
    with pytest.raises(ValueError, match=r"write|twice|at most"):
        limits.read(text)


def test_the_stack_takes_what_a_key_takes() -> None:
    pattern = re.compile(PARAMETERS["DefaultLimits"]["AllowedPattern"])
    assert Limits(1, 1, 1, 1_000_000) == limits.read("requests=1 tasks=1 active=1 spend=1")
    for good in ("requests=60", "tasks=100 active=1000 spend=0.04", "spend=120.50"):
        assert pattern.fullmatch(good)
        assert limits.read(good)
    for bad in (
        "tasks=0",
        "active=1001",
        "spend=0.0",
        "tasks=1  tasks=2",
        "tasks=none",
        "tasks=5 ",
    ):
        assert not pattern.fullmatch(bad)


def test_a_keys_own_limits_go_before_the_stacks() -> None:
    own, stack = limits.read("tasks=none active=3"), limits.read("tasks=5 requests=60")
    assert own.over(stack) == Limits(requests=60, tasks=0, active=3, spend=None)
    assert not limits.read("tasks=none requests=9").any_of_tasks


def test_a_key_is_limited_by_its_row_and_the_stack(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("LIMITS", "tasks=5 active=9")
    caller = caller_of({"lambda": {"owner": "alice", "key": "0123", "limits": "active=3"}})
    assert (caller.owner, caller.key) == ("alice", "0123")
    assert caller.limits == Limits(tasks=5, active=3)


def test_a_setting_that_is_no_limit_says_so(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("LIMITS", "tasks=many")
    with pytest.raises(SettingInvalid, match="LIMITS"):
        caller_of({"lambda": {"owner": "alice"}})


# ── browsers, with tokens of an issuer ───────────────────────────────────────────────────────────


def test_a_token_is_limited_by_the_stack_only(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("LIMITS", "tasks=5")
    caller = caller_of({"jwt": {"claims": {"iss": ISSUER, "sub": "u"}}})
    assert caller.key == caller.owner == owner_in({"iss": ISSUER, "sub": "u"})
    assert caller.limits == Limits(tasks=5)


def test_no_two_subjects_and_no_key_have_the_same_owner() -> None:
    claims = [
        {"iss": issuer, "sub": subject}
        for issuer in (ISSUER, ISSUER + "d", "")
        for subject in (
            "alice",
            "Alice",
            "auth0|alice",
            "auth0%7Calice",
            "a/b",
            "a",
            "ünïcödé",
            ".",
        )
    ]
    owners = {owner_in(each) for each in claims}
    assert len(owners) == len(claims)
    assert not any(OWNER.fullmatch(owner) for owner in owners)
    assert all(re.fullmatch(r"jwt\.[0-9a-f]{8}\.[A-Za-z0-9_.~%-]+", owner) for owner in owners)


@pytest.mark.parametrize("claims", [{}, {"sub": ""}, {"sub": 7}, {"sub": "x" * 129}])
def test_a_token_that_names_nobody_is_refused(claims: dict[str, Any]) -> None:
    with pytest.raises(NobodyNamed):
        owner_in(claims)
    asked = request("GET", "/v1/models")
    asked["requestContext"]["authorizer"] = {"jwt": {"claims": claims, "scopes": None}}
    problem(function("query").handler(asked, None), 403, "nobody_named")
