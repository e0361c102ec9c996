"""Amounts at dated prices."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

PRICES: dict[str, Any] = json.loads((Path(__file__).parent / "prices.json").read_text())
DATE = PRICES["date"]


def total(amounts: Mapping[str, float]) -> float:
    return sum(each(amounts).values())


def each(amounts: Mapping[str, float]) -> dict[str, float]:
    return {what: amount * PRICES[what] for what, amount in amounts.items()}


def told(amounts: Mapping[str, float], times: int = 1) -> str:
    """The items, the dearest first."""
    prices = sorted(each(amounts).items(), key=lambda item: -item[1])
    return ", ".join(f"{what} ${price * times:.2f}" for what, price in prices)
