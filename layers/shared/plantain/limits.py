"""What one key may do: requests a minute, tasks and dollars a day, tasks at the same time. Pure."""

import re
from typing import NamedTuple

MILLION = 1_000_000
UNITS = {"requests": "min", "tasks": "day", "active": "", "spend": "day"}
NO_LIMIT = "none"
MOST_ACTIVE = 1000  # each is a few bytes of the item that every claim writes
EXAMPLE = "requests=60/min tasks=100/day active=10 spend=5.00/day"
_ENTRY = re.compile(r"([a-z]+)=([0-9]{1,6}(?:\.[0-9]{1,6})?|none)(?:/([a-z]+))?", re.ASCII)


class Limits(NamedTuple):
    """None is not said, so that a default holds; 0 is no limit. Spend in millionths of a dollar."""

    requests: int | None = None
    tasks: int | None = None
    active: int | None = None
    spend: int | None = None

    def over(self, default: "Limits") -> "Limits":
        """These, and the default where they say nothing."""
        return Limits(
            *(its if own is None else own for own, its in zip(self, default, strict=True))
        )

    @property
    def any_of_tasks(self) -> bool:
        return bool(self.tasks or self.active or self.spend)


class Caller(NamedTuple):
    """Who asks: an owner, by which of its keys, and what that one may do."""

    owner: str
    key: str = ""
    limits: Limits = Limits()


def read(text: str) -> Limits:
    """Limits as a person writes them; ValueError says what is wrong."""
    said: dict[str, int] = {}
    for entry in text.split():
        name, value = _read_one(entry)
        if name in said:
            raise ValueError(f"{name} is there twice")
        said[name] = value
    return Limits(**said)


def written(limits: Limits) -> str:
    """As `read` takes it."""
    said = {name: getattr(limits, name) for name in UNITS}
    return " ".join(_write_one(name, value) for name, value in said.items() if value is not None)


def dollars(millionths: int) -> str:
    text = f"{millionths / MILLION:.6f}".rstrip("0")
    return text + "0" * (2 - len(text.partition(".")[2]))


def _read_one(entry: str) -> tuple[str, int]:
    match = _ENTRY.fullmatch(entry)
    if not match or match[1] not in UNITS or match[3] not in (None, UNITS[match[1]]):
        raise ValueError(f"{entry!r} is no limit; write some of {EXAMPLE!r}, or none for no limit")
    name, amount = match[1], match[2]
    if amount == NO_LIMIT:
        return name, 0
    value = round(float(amount) * MILLION) if name == "spend" else int(float(amount))
    if value == 0 or (name != "spend" and "." in amount):
        raise ValueError(f"{entry!r}: write a whole number above 0, or {name}=none for no limit")
    if name == "active" and value > MOST_ACTIVE:
        raise ValueError(f"{entry!r}: active may be {MOST_ACTIVE} at most")
    return name, value


def _write_one(name: str, value: int) -> str:
    if not value:
        return f"{name}={NO_LIMIT}"
    amount = dollars(value) if name == "spend" else str(value)
    return f"{name}={amount}" + (f"/{UNITS[name]}" if UNITS[name] else "")
