"""Every door of the template, and the real function behind it, called as a gateway would."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from tests.unit.gateway import function, request
from tools.template import of_type

FOR_PROVIDERS = {"Ref": "CallbackApi"}


@dataclass(frozen=True)
class Door:
    """A route: method and path as in the template, and the verb of its function."""

    method: str
    path: str
    verb: str
    with_key: bool

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def parameters(self) -> list[str]:
        return re.findall(r"{(\w+)}", self.path)

    def knock(
        self, path: Mapping[str, str] | None = None, owner: str = "alice", **sent: Any
    ) -> dict[str, Any]:
        """What the function answers; `path` fills the parameters, already decoded."""
        filled = {name: (path or {}).get(name, "") for name in self.parameters}
        place = re.sub(r"{(\w+)}", lambda match: filled[match[1]], self.path)
        event = request(self.method, place, **sent)
        event |= {"routeKey": str(self), "pathParameters": filled}
        if self.with_key:
            event["requestContext"]["authorizer"]["lambda"]["owner"] = owner
        else:
            del event["requestContext"]["authorizer"]
        answer: dict[str, Any] = _behind(self.verb).handler(event, None)
        return answer


@cache
def _behind(verb: str) -> Any:
    return function(verb)


def _doors(for_providers: bool) -> list[Door]:
    events = [
        (properties["CodeUri"].rpartition("/")[2], event["Properties"])
        for properties in of_type("Function").values()
        for event in properties.get("Events", {}).values()
        if event["Type"] == "HttpApi"
    ]
    found = [
        Door(e["Method"], e["Path"], verb, e.get("Auth", {}).get("Authorizer") != "NONE")
        for verb, e in events
        if (e["ApiId"] == FOR_PROVIDERS) is for_providers
    ]
    return list(dict.fromkeys(found))


DOORS = _doors(for_providers=False)
(CALLBACK,) = _doors(for_providers=True)
