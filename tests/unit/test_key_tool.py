"""What `make key` and its like do with the table of the stack that is named."""

import shlex
import subprocess
from typing import Any

import boto3
import pytest

from tests.unit.samples import ROOT
from tools import keys


class Table:
    """As much of the owner table as the tool uses; it holds what was put."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, Any]] = {}
        self.changes: list[dict[str, Any]] = []

    def put_item(self, Item: dict[str, Any], **_: Any) -> None:  # noqa: N803
        self.rows[Item["id"]] = Item

    def update_item(self, **request: Any) -> dict[str, Any]:
        self.changes.append(request)
        return {"Attributes": {"webhookSecret": "whsec_"}}

    def scan(self) -> dict[str, Any]:
        return {"Items": list(self.rows.values())}


@pytest.fixture
def tables(monkeypatch: pytest.MonkeyPatch) -> dict[str | None, Table]:
    """The tables that were asked for, by their stacks."""
    asked: dict[str | None, Table] = {}
    monkeypatch.setattr(keys, "owner_table", lambda stack: asked.setdefault(stack, Table()))
    return asked


def make(monkeypatch: pytest.MonkeyPatch, *words: str) -> None:
    """Do here what make would do in a process of its own."""
    said = subprocess.run(
        ["make", "--dry-run", *words], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    (line,) = (line for line in said.splitlines() if "-m tools.keys" in line)
    _, _, arguments = line.partition("-m tools.")
    monkeypatch.setattr("sys.argv", shlex.split(arguments))
    keys.main()


@pytest.mark.parametrize("words", [("key", "OWNER=alice"), ("keys",)])
def test_the_stack_that_is_named_is_the_one_that_is_used(
    words: tuple[str, ...], tables: dict[str | None, Table], monkeypatch: pytest.MonkeyPatch
) -> None:
    make(monkeypatch, *words, "STACK=plantain-prod")
    assert list(tables) == ["plantain-prod"]
    make(monkeypatch, *words)
    assert list(tables) == ["plantain-prod", None]


def test_a_key_is_made_within_limits_that_can_be_changed(
    tables: dict[str | None, Table], monkeypatch: pytest.MonkeyPatch
) -> None:
    make(monkeypatch, "key", "OWNER=alice", "LIMITS=tasks=100 spend=5")
    ((id_, row),) = tables[None].rows.items()
    assert row["limits"] == "tasks=100/day spend=5.00/day"
    for given, kept in (("LIMITS=active=3", "active=3"), ("LIMITS=", "")):
        make(monkeypatch, "limits", f"KEY={id_[4:16]}", given)
        assert tables[None].changes[-1]["Key"] == {"id": id_}
        assert tables[None].changes[-1]["ExpressionAttributeValues"] == {":value": kept}


def test_a_key_that_stays_is_made_and_listed_as_such(
    tables: dict[str | None, Table],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    make(monkeypatch, "key", "OWNER=alice")
    make(monkeypatch, "key", "OWNER=bob", "STAYS=1")
    assert [row["stays"] for row in tables[None].rows.values()] == ["", "yes"]
    capsys.readouterr()
    make(monkeypatch, "keys")
    alice, bob = capsys.readouterr().out.splitlines()
    assert bob.endswith("stays")
    assert "stays" not in alice


@pytest.mark.parametrize("words", [("key", "OWNER=alice"), ("limits", "KEY=ab")])
def test_what_is_no_limit_changes_nothing(
    words: tuple[str, ...], tables: dict[str | None, Table], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SystemExit, match="write some of"):
        make(monkeypatch, *words, "LIMITS=pictures=3")
    assert (tables[None].rows, tables[None].changes) == ({}, [])


def test_keys_are_listed_with_what_they_may_and_when_they_were_used(
    tables: dict[str | None, Table],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    make(monkeypatch, "key", "OWNER=alice")
    make(monkeypatch, "key", "OWNER=bob", "LIMITS=tasks=100")
    alices, bobs = tables[None].rows.values()
    bobs["lastUsed"] = "2027-01-15T08:15:00.000Z"
    capsys.readouterr()
    make(monkeypatch, "keys")
    alice, bob = capsys.readouterr().out.splitlines()
    assert alice.startswith(alices["id"][4:16])
    assert alice.endswith("never used")
    assert "used 2027-01-15T08h  tasks=100/day" in bob


def test_a_key_of_a_stack_is_revoked_by_its_name(
    tables: dict[str | None, Table], monkeypatch: pytest.MonkeyPatch
) -> None:
    make(monkeypatch, "key", "OWNER=alice", "STACK=plantain-prod")
    table = tables["plantain-prod"]
    (id_,) = table.rows
    make(monkeypatch, "revoke", f"KEY={id_[4:16]}", "STACK=plantain-prod")
    assert table.changes[-1]["Key"] == {"id": id_}
    assert "revoked" in table.changes[-1]["UpdateExpression"]


def test_a_revoked_key_is_given_no_limits(
    tables: dict[str | None, Table], monkeypatch: pytest.MonkeyPatch
) -> None:
    make(monkeypatch, "key", "OWNER=alice")
    (row,) = tables[None].rows.values()
    row["revoked"] = "2027-01-15T08:15:00+00:00"
    before = len(tables[None].changes)
    with pytest.raises(SystemExit, match="revoked for good"):
        make(monkeypatch, "limits", f"KEY={row['id'][4:16]}", "LIMITS=tasks=100")
    assert len(tables[None].changes) == before


def test_a_stack_without_a_region_is_asked_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    with pytest.raises(SystemExit, match="AWS_DEFAULT_REGION"):
        make(monkeypatch, "keys", "STACK=plantain-prod")
