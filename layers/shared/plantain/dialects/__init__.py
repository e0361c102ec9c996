"""The dialects: the APIs of others, spoken to their clients. Each module here whose name has no
underscore in front is one of them."""

from collections.abc import Iterable, Sequence
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from plantain.dialects._dialect import Dialect, Json, Model, Taken, Told
from plantain.models import Task

__all__ = ["Dialect", "Json", "Model", "Taken", "Told", "all_dialects", "speaker_of"]


@cache
def all_dialects() -> dict[str, Dialect]:
    names = sorted(m.name for m in iter_modules(__path__) if not m.name.startswith("_"))
    found = (import_module(f"{__name__}.{name}").dialect for name in names)
    return {dialect.name: dialect for dialect in found}


def speaker_of(task: Task, among: Sequence[Dialect]) -> Dialect:
    """In whose words a task is told where several share a route: those that it was ordered in,
    else those that have its model."""
    asked = [dialect for dialect in among if dialect.name == task.dialect]
    return next(iter([*asked, *_with_model(task.request.model, among), *among]))


def _with_model(model: str, among: Iterable[Dialect]) -> list[Dialect]:
    return [each for each in among if model in {m.ours for m in each.models.values()}]
