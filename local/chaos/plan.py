"""What a seed says: which orders, what their providers do, and who is killed when. Pure."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

# How often a provider does this to a task. A word that makes it lie about money ("charged") or
# that breaks a picture for the whole day that a provider keeps it has no part in a run.
RATES = {
    "webhook=lose": 0.10,
    "webhook=twice": 0.04,
    "webhook=late": 0.04,
    "webhook=forge": 0.04,
    "webhook=foreign": 0.03,
    "webhook=early": 0.03,
    "webhook=reorder": 0.03,
    "webhook=lose+forge": 0.02,
    "busy=1": 0.06,
    "limit=1": 0.02,
    "down=1": 0.04,
    "error=1": 0.03,
    "bare500": 0.01,
    "bad-gateway": 0.01,
    "credits": 0.01,
    "drop": 0.03,
    "no-id": 0.02,
    "hang=20": 0.01,
    "fast": 0.05,
    "slow=12": 0.05,
    "strange": 0.05,
    "status-down=2": 0.03,
    "status-busy=1": 0.03,
    "noresult=1": 0.02,
    "badjson=1": 0.02,
    "fail=moderation": 0.03,
    "fail=transient": 0.03,
    "fail=parameters": 0.01,
    "fail=timeout": 0.01,
    "images=3": 0.04,
    "image=flaky": 0.03,
    "image=wrong-type": 0.02,
    "image=cut": 0.01,
    "image=html": 0.01,
    "image=empty": 0.01,
    "image=svg": 0.01,
}
KILLED = {"Advance": 5, "Submit": 4, "Publish": 3, "Callback": 2, "Poll": 1, "Authorize": 1}
TASKS_A_KILL = 6
PICTURE = "https://example.com/reference.png"


@dataclass(frozen=True)
class Order:
    """What one client wants; with a key it asks until it is answered, without one only once."""

    prompt: str
    body: Json
    key: str | None = None
    copies: int = 1  # of the request, at the same moment


@dataclass(frozen=True)
class Kill:
    """Some workers of a function, once the run has come so far (from 0 to 1)."""

    at: float
    function: str
    workers: int


@dataclass(frozen=True)
class Plan:
    seed: int
    orders: tuple[Order, ...]
    kills: tuple[Kill, ...]


def make_plan(seed: int, tasks: int, models: Sequence[Json]) -> Plan:
    """The same seed, number and models always make the same plan."""
    dice = random.Random(f"plan {seed}")  # noqa: S311
    ways = [
        (model["model"], offer, mode)
        for model in models
        for offer in model["providers"]
        for mode in offer["modes"]
    ]
    # Every way in turn, so that none is left to chance.
    orders = tuple(_order(dice, seed, n, *ways[n % len(ways)]) for n in range(tasks))
    return Plan(seed, orders, _kills(dice, max(3, tasks // TASKS_A_KILL)))


def _order(
    dice: random.Random, seed: int, number: int, model: str, offer: Json, mode: str
) -> Order:
    prompt = f"chaos {seed}, picture {number}"
    wanted: Json = {"prompt": prompt}
    if mode == "image-to-image":
        wanted["imageUrls"] = [PICTURE]
    if "1K" in offer["resolution"]:
        wanted["resolution"] = "1K"  # the smallest: what is drawn costs the run, not Plantain
    body: Json = {"model": model, "input": wanted}
    if dice.random() < 0.5:
        body["provider"] = offer["provider"]
    keyed, copies = dice.random() < 0.6, dice.choice((1, 1, 1, 2, 3))
    return Order(prompt, body, f"{prompt} key", copies) if keyed else Order(prompt, body)


def _kills(dice: random.Random, number: int) -> tuple[Kill, ...]:
    functions = dice.choices(tuple(KILLED), tuple(KILLED.values()), k=number)
    moments = sorted(dice.uniform(0.03, 0.95) for _ in functions)
    return tuple(
        Kill(moment, function, dice.choice((1, 2, 3)))
        for moment, function in zip(moments, functions, strict=True)
    )
