"""From JSON to typed values: what is new to this client is kept in `raw`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from datetime import datetime
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

Json = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """`raw` is the JSON as it came."""

    raw: Json = field(default_factory=dict, repr=False, compare=False)


A = TypeVar("A", bound=Answer)


def read(shape: type[A], told: Json) -> A:
    """JSON as one of the shapes above; ValueError if that cannot be."""
    if not isinstance(told, Mapping):
        raise ValueError(f"{shape.__name__} is not an object")  # noqa: TRY004 - it came as data
    given: dict[str, Any] = {"raw": told}
    for name, (outside, kind, required) in _fields(shape).items():
        if outside in told:
            given[name] = _value(kind, told[outside])
        elif required:
            raise ValueError(f"{shape.__name__} has no {outside}")
    return shape(**given)


def _fields(shape: type[Answer]) -> dict[str, tuple[str, Any, bool]]:
    """Each field's name outside, its type, and whether it must be there."""
    kinds = get_type_hints(shape)
    return {
        each.name: (
            re.sub(r"_(\w)", lambda found: found[1].upper(), each.name),
            kinds[each.name],
            each.default is MISSING and each.default_factory is MISSING,
        )
        for each in fields(shape)
        if each.name != "raw"
    }


def _value(kind: Any, told: Any) -> Any:
    if get_origin(kind) in (Union, UnionType):
        (kind,) = (each for each in get_args(kind) if each is not type(None))
        if told is None:
            return None
    if get_origin(kind) is list:
        (inner,) = get_args(kind)
        return [_value(inner, each) for each in told]
    if kind is datetime:
        return datetime.fromisoformat(told)
    if isinstance(kind, type) and issubclass(kind, Answer):
        return read(kind, told)
    return told
