"""The crash points, made from the code: each way from a function to what it does outside.

A function is killed right after such a call, which is in the gap before the next one. The gap
before the first is a point of its own.
"""

from collections.abc import Iterator
from typing import NamedTuple

from tests.machine.source import FUNCTIONS, Call, Code, Name, Place, Sources, sources

Way = tuple[Place, ...]  # the calls that lead to an operation, itself the last; no way: none yet


class Point(NamedTuple):
    function: str
    name: str
    way: Way

    def __str__(self) -> str:
        return f"{self.function}: {self.name}"


def crash_points(files: Sources) -> list[Point]:
    """All of them; two ways that differ only in the function's own file are one."""
    code = Code(files)
    found: dict[tuple[str, Way], Point] = {}
    for module in (name for name in code.modules if name.startswith(FUNCTIONS)):
        function = module.split(".")[1]
        ways = [way for name in code.entries(module) for way in _ways(code, name, ())]
        for place in ways and [Point(function, "before anything", ())]:
            found[function, ()] = place
        for way in ways:
            places = tuple(call.place for _, call in _beyond(way))
            found[function, places] = Point(function, _told(code, _beyond(way)), places)
    return list(found.values())


def beyond_the_function(places: Way) -> Way:
    """The part of a way that is in the package: how a function is entered is not our concern."""
    entered = [number for number, place in enumerate(places) if place.file.startswith(FUNCTIONS)]
    return places[entered[-1] + 1 :] if entered else places


def unreached(files: Sources) -> list[str]:
    """Operations that no function comes to, as far as this reading of the code can tell."""
    ends = {point.way[-1] for point in crash_points(files) if point.way}
    return [
        f"{call.to} in {call.place.file}, line {call.place.line}"
        for call in Code(files).operations()
        if call.place not in ends
    ]


Step = tuple[Name, Call]


def _ways(code: Code, name: Name, behind: tuple[Step, ...]) -> Iterator[tuple[Step, ...]]:
    for call in code.calls[name]:
        way = (*behind, (name, call))
        if isinstance(call.to, str):
            yield way
        elif call.to not in {name for name, _ in way}:
            yield from _ways(code, call.to, way)


def _beyond(way: tuple[Step, ...]) -> tuple[Step, ...]:
    return tuple(step for step in way if not step[0].module.startswith(FUNCTIONS))


def _told(code: Code, way: tuple[Step, ...]) -> str:
    """Who calls whom; a number where one calls the same twice."""
    words, module = [], ""
    for name, call in way:
        same = [other.place for other in code.calls[name] if other.to == call.to]
        number = f"#{same.index(call.place) + 1}" if len(same) > 1 else ""
        short = name.module.removeprefix("plantain.")
        words.append(f"{name.function if short == module else f'{short}.{name.function}'}{number}")
        module = short
    return " > ".join([*words, str(way[-1][1].to)])


POINTS = crash_points(sources())
