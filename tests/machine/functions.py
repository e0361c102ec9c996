"""The functions as the cloud has them: called with an event, in a process that may be killed."""

import json
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from tests.machine.points import Way
from tests.machine.source import Place
from tools.template import RESOURCES

# After how many calls to the outside, or of how many on one way, the process is killed.
Doom = int | tuple[Way, int] | None
Between = tuple[int, Callable[[], object]]  # what others do after so many of the calls
KILLED = -9


@dataclass
class Effect:
    """A call to the outside that was made."""

    way: Way
    operation: str
    queue: str = ""
    hidden: int | None = None  # for how long a message was hidden


@dataclass
class Ran:
    """What became of an event: an answer, or an error, or the process was killed."""

    effects: list[Effect] = field(default_factory=list)
    answer: Any = None
    error: str = ""
    ended: int | None = None

    @property
    def killed(self) -> bool:
        return self.ended == KILLED

    @property
    def failed(self) -> bool:
        return self.killed or bool(self.error)


class Functions:
    def __init__(self, address: Path, environment: dict[str, str]) -> None:
        self._address = str(address)
        self._environment = environment
        self._idle: list[TextIO] = []

    def run(
        self,
        function: str,
        event: Any,
        now: float,
        environment: dict[str, str],
        doom: Doom = None,
        web: str = "works",
        between: Between | None = None,
    ) -> Ran:
        call = {
            "function": function,
            "event": event,
            "now": now,
            "environment": {**self._environment, **constants(function), **environment},
            "doom": doom,
            "web": web,
            "pause": between[0] if between else None,
        }
        warm = self._idle.pop() if self._idle else self._new()
        warm.write(json.dumps(call) + "\n")
        warm.flush()
        ran = Ran()
        for line in warm:
            if _is_over(ran, json.loads(line)):
                break
            if between and len(ran.effects) == between[0]:
                between[1]()
                warm.write("\n")
                warm.flush()
        if ran.ended is None:
            self._idle.append(warm)
        return ran

    def _new(self) -> TextIO:
        """A process that has not run anything yet."""
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(self._address)
        return connection.makefile("rw")


def constants(function: str) -> dict[str, str]:
    """What the template itself sets for a function."""
    properties = RESOURCES[f"{function.capitalize()}Function"]["Properties"]
    variables = properties.get("Environment", {}).get("Variables", {})
    return {name: value for name, value in variables.items() if isinstance(value, str)}


def _is_over(ran: Ran, words: dict[str, Any]) -> bool:
    """Whether the process is done with the event, or dead."""
    if "way" in words:
        way = tuple(Place(*place) for place in words["way"])
        ran.effects.append(Effect(**{**words, "way": way}))
        return False
    for name, value in words.items():
        setattr(ran, name, value)
    return True
