"""How long a picture takes from its provider's end to the bucket, on a local cloud in real time.

The provider calls back; each hop is a real request to a real process of the built functions. What
the emulator's queue takes to hand a message over is in it.
"""

import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from bench.artifacts import median
from bench.figure import Figure, Scale
from bench.progress import each
from bench.rows.lag import asked_every
from local.background import running

A_SECOND = 4  # orders, so that these two cores have time for each
ENDED = ("succeeded", "failed")
PLAIN = {"UPSTREAM": "", "PARAMETERS": ""}


def measure(scale: Scale) -> Iterator[Figure]:
    dice = random.Random(20)  # noqa: S311 - the same tasks each time
    takes = [round(dice.triangular(10, 40, 12), 2) for _ in range(scale.real)]
    with (
        TemporaryDirectory(prefix="plantain-bench-") as directory,
        running(Path(directory) / "cloud", **PLAIN) as (_, ready),
    ):
        lags, asked = _order(ready, takes)
    late = lags[int(0.95 * len(lags))]
    yield Figure(
        name="Lag of a webhook, from the provider's end to the picture in the bucket, p95",
        ours=round(late, 2),
        unit="s",
        goal=1,
        floor="the transfer",
        others={"asked every 3 s, at best": round(asked_every(3, takes)[1], 2)},
        note=f"{len(lags)} tasks of 10–40 s on a local cloud; p50 {median(lags):.2f} s; "
        f"{asked:.2f} status requests a task",
    )


def _order(ready: dict[str, Any], takes: list[float]) -> tuple[list[float], float]:
    """The lag of each, in order, and how often a provider was asked for one."""
    key = {"Authorization": f"Bearer {ready['key']}"}
    with (
        httpx.Client(base_url=ready["api"], headers=key, timeout=60, trust_env=False) as api,
        ThreadPoolExecutor(A_SECOND) as pool,
    ):
        made = []
        for number in each(range(len(takes)), "orders"):
            made.append(pool.submit(_make, api, f"{number} [sim: slow={takes[number]}]"))
            time.sleep(1 / A_SECOND)
        finished = [_finished(api, order.result()) for order in made]
        entries = httpx.get(f"{ready['upstream']}/_sim/ledger", trust_env=False).json()
    taken = {entry["prompt"]: entry["receivedAt"] for entry in entries}
    lags = [
        finished[n] - taken[f"{n} [sim: slow={seconds}]"] - seconds
        for n, seconds in enumerate(takes)
    ]
    return sorted(lags), sum(entry["statusRequests"] for entry in entries) / len(entries)


def _make(api: httpx.Client, prompt: str) -> str:
    body = {"model": "nano-banana", "provider": "maxapi", "input": {"prompt": prompt}}
    return str(api.post("/v1/tasks", json=body).json()["taskId"])


def _finished(api: httpx.Client, task_id: str) -> float:
    while (task := api.get(f"/v1/tasks/{task_id}").json())["status"] not in ENDED:
        time.sleep(1)
    assert task["status"] == "succeeded", task
    return datetime.fromisoformat(task["finishedAt"]).timestamp()
