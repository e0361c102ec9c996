"""The command `plantain`, as people and scripts use it, against a running local cloud."""

import hashlib
import json
import re
import shlex
import subprocess
import sys
import time
from typing import Any

import pytest

from local.config import PROVIDERS
from plantain.signatures import headers_of, new_secret
from tests.e2e.cloud import Cloud
from tests.e2e.process import ROOT
from tests.e2e.user import PLANTAIN, User, blocks, ended

ONCE = ("generate", "a cat, once [sim: fast]", "--key", "order-18", "--reference", "start.png")
DEMO = """
import asyncio, os
from local import demo
made = asyncio.run(demo.demo(os.environ["PLANTAIN_URL"], os.environ["PLANTAIN_API_KEY"]))
print(demo.summary(made, len(made)))
"""
ESCAPE = re.compile(r"\033\[[0-9;]*[A-Za-z]")


@pytest.fixture(scope="module")
def user(cloud: Cloud, tmp_path_factory: pytest.TempPathFactory) -> User:
    return User(cloud, tmp_path_factory.mktemp("user"))


@pytest.fixture(scope="module", autouse=True)
def begun(user: User) -> dict[str, subprocess.Popen[str]]:
    """What takes its time, all begun before anything else."""
    (user.folder / "start.png").write_bytes((ROOT / "client/tests/cat.png").read_bytes())
    user.made("a cat that comes first")  # every function has started once
    path = f"{PLANTAIN.parent}:{user.environ['PATH']}"
    script = "\n".join(["set -euo pipefail", *blocks("sh")])
    programs = [each for each in blocks("python") if "generate" in each]
    return {
        "demo": user.start_in("story", [sys.executable, "-c", DEMO], PYTHONPATH=str(ROOT)),
        "lost": user.start("generate", "a lost ship [sim: webhook=lose]", "-o", "lost.png"),
        "refused": user.start("generate", "a bad cat [sim: fast fail=moderation]", "--json"),
        "slow": user.start("generate", "a slow cat [sim: slow=10]", "--timeout", "0.5"),
        **{f"once {n}": user.start(*ONCE, "-o", f"once{n}.png", "--json") for n in range(2)},
        "commands": user.start_in("commands", ["bash", "-c", script], PATH=path),
        "programs": user.start_in("programs", [sys.executable, "-c", "\n".join(programs)]),
    }


# ── one task after another ───────────────────────────────────────────────────────────────────────


def test_a_task_is_listed_shown_watched_and_deleted(user: User) -> None:
    task_id = user.made("a cat\nto look at")
    code, out, _ = user.run("tasks", "--status", "succeeded", "--limit", "100")
    (line,) = (each for each in out.splitlines() if each.startswith(task_id))
    assert (code, line.split()[1]) == (0, "succeeded")
    assert task_id in user.run("show", task_id)[1]
    assert json.loads(user.run("show", task_id, "--json")[1])["status"] == "succeeded"
    assert user.run("watch", task_id)[1].split()[1:] == [task_id, "succeeded"]
    steps = json.loads(user.run("timeline", task_id, "--json")[1])
    assert [step["what"] for step in steps][-1] == "succeeded"
    assert json.loads(user.run("deliveries", task_id, "--json")[1]) == []
    assert user.run("redeliver", task_id)[0] == 2
    assert user.run("cancel", task_id)[0] == 2
    assert user.run("delete", task_id) == (0, f"{task_id} is deleted.\n", "")
    assert user.run("show", task_id)[0] == 2


def test_a_task_is_let_go_if_one_says_so_twice(user: User) -> None:
    code, task_id, _ = user.run("generate", "a cat to let go [sim: never]", "--no-wait")
    assert code == 0
    assert user.run("cancel", task_id.strip())[0] == 2
    assert user.run("cancel", task_id.strip(), "--discard")[0] == 0
    assert user.cloud.show(task_id.strip())["status"] == "cancelled"


def test_models_are_listed(user: User) -> None:
    code, out, _ = user.run("models")
    assert code == 0
    assert {line.split()[0] for line in out.splitlines()} == {
        model["model"] for model in user.cloud.api.get("/v1/models").json()["models"]
    }


def test_keys_are_those_of_the_checkout_s_tool(user: User) -> None:
    code, out, err = user.run("keys")
    assert code == 0, err
    assert "local" in out
    assert user.cloud.key not in out


# ── scripts ──────────────────────────────────────────────────────────────────────────────────────


def test_json_is_all_that_is_printed_when_it_is_asked_for(user: User) -> None:
    code, out, _ = user.run("generate", "a JSON cat [sim: fast]", "--json", "-o", "json.png")
    told = json.loads(out)
    shown = user.cloud.show(told["taskId"])
    assert code == 0
    assert told.pop("files") == ["json.png"]
    assert told.keys() == shown.keys()
    assert told["images"][0]["sha256"] == shown["images"][0]["sha256"]


def test_a_picture_that_is_not_made_has_a_code_of_its_own(
    begun: dict[str, subprocess.Popen[str]],
) -> None:
    code, out, err = ended(begun["refused"])
    assert code == 3
    assert json.loads(out)["failure"]["code"] == "content_moderation"
    assert "content_moderation" in err


def test_what_cannot_be_made_is_refused_and_it_is_said_what_can(user: User) -> None:
    code, out, err = user.run("generate", "a wide cat", "--ratio", "17:3", "-o", "wide.png")
    assert (code, out) == (2, "")
    assert "input.aspectRatio" in err
    assert "16:9" in err


def test_what_could_not_be_saved_is_not_bought(user: User) -> None:
    code, _, err = user.run("generate", "a homeless cat", "-o", "nowhere/cat.png")
    assert code == 2
    assert "nowhere" in err
    assert user.charged("a homeless cat") == 0


def test_a_wrong_key_has_a_code_of_its_own_and_is_not_shown(user: User) -> None:
    code, _, err = user.run("tasks", PLANTAIN_API_KEY="plt_wrong")
    assert code == 4
    assert "plt_wrong" not in err


def test_the_same_key_at_the_same_moment_is_the_same_task(
    user: User, begun: dict[str, subprocess.Popen[str]]
) -> None:
    (_, first, _), (_, second, _) = ended(begun["once 0"]), ended(begun["once 1"])
    assert json.loads(first)["taskId"] == json.loads(second)["taskId"]
    assert user.charged("a cat, once") == 1


def test_a_file_is_a_reference_like_any_other(user: User) -> None:
    task = user.cloud.show(user.made("a cat from a cat", "--reference", "start.png"))
    (link,) = task["input"]["imageUrls"]
    assert link.startswith(f"{user.cloud.url}/u/")
    seen = user.cloud.web.get(link, follow_redirects=True)
    assert seen.content == (user.folder / "start.png").read_bytes()


def test_who_has_read_enough_may_close_the_pipe(user: User) -> None:
    line = f"{shlex.quote(str(PLANTAIN))} models | true; echo ${{PIPESTATUS[0]}}"
    run = subprocess.run(
        ["bash", "-c", line], env=user.environ, capture_output=True, text=True, check=True
    )
    assert (run.stdout, run.stderr) == ("0\n", "")


def test_time_that_is_over_is_not_the_end_of_the_task(
    user: User, begun: dict[str, subprocess.Popen[str]]
) -> None:
    code, _, err = ended(begun["slow"])
    assert code == 5
    user.assert_can_fetch(err)
    assert user.charged("a slow cat") == 1


def test_a_picture_comes_although_its_webhook_is_lost(
    user: User, begun: dict[str, subprocess.Popen[str]]
) -> None:
    code, out, err = ended(begun["lost"])
    assert (code, out) == (0, "lost.png\n"), err
    assert_plain(err)
    listed = json.loads(user.run("tasks", "--limit", "1000", "--json")[1])
    (task,) = (each for each in listed if each["input"]["prompt"].startswith("a lost ship"))
    saved = (user.folder / "lost.png").read_bytes()
    assert hashlib.sha256(saved).hexdigest() == task["images"][0]["sha256"]
    assert user.charged("a lost ship") == 1


def assert_plain(told: str) -> None:
    """Elsewhere than on a terminal progress is a line for each change."""
    assert not ESCAPE.search(told)
    assert "\r" not in told
    first, *_, last = told.splitlines()
    assert first == "ordering"
    assert last.startswith("succeeded in ")


def test_the_demo_tells_a_story_that_ends_well(
    user: User, begun: dict[str, subprocess.Popen[str]]
) -> None:
    code, out, err = ended(begun["demo"])
    assert code == 0, err
    for provider in PROVIDERS:
        assert (user.folder / f"story/demo/{provider}.png").read_bytes().startswith(b"\x89PNG")
    (lost,) = re.findall(r"^ +apixo +nano-banana-2 .*$", out, re.MULTILINE)
    assert "by the sweep" in lost


# ── what its README says ─────────────────────────────────────────────────────────────────────────


def test_the_commands_of_the_readme_work_as_they_stand(
    user: User, begun: dict[str, subprocess.Popen[str]]
) -> None:
    code, out, err = ended(begun["commands"])
    assert code == 0, out + err
    saved = {path.name for path in (user.folder / "commands").iterdir()}
    assert saved >= {"cat.png", "asleep.png", "lighthouse.png"}


def test_the_programs_of_the_readme_work_as_they_stand(
    user: User, begun: dict[str, subprocess.Popen[str]]
) -> None:
    code, _, err = ended(begun["programs"])
    assert code == 0, err
    saved = {path.name for path in (user.folder / "programs").iterdir()}
    assert saved == {"cat.png", "a fox.png", "a hen.png"}


def test_the_receiver_of_the_readme_believes_us_alone() -> None:
    (program,) = (each for each in blocks("python") if "verify_webhook" in each)
    defined: dict[str, Any] = {}
    exec(program, defined)
    secret, body = (
        new_secret(),
        b'{"id": "evt_1", "type": "x", "createdAt": "2027-01-15", "data": {}}',
    )
    headers = headers_of("evt_1", int(time.time()), body, [secret])
    assert defined["receive"](headers, body, secret) == 204
    assert defined["receive"](headers, body + b" ", secret) == 401
