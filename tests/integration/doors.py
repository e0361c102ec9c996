"""Every door of the template, and the real function behind it, called as a gateway would."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from threading import get_ident
from typing import Any

from plantain.contract import dialects
from plantain.keys import key_hash, new_key
from plantain.settings import client, settings
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
    asks: bool = False  # for the key itself, in the gateway's place

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
        if self.asks:
            del event["requestContext"]["authorizer"]
            event["headers"]["authorization"] = f"Bearer {key_of(owner, settings().owner_table)}"
        elif self.with_key:
            event["requestContext"]["authorizer"]["lambda"]["owner"] = owner
        else:
            del event["requestContext"]["authorizer"]
        answer: dict[str, Any] = _behind(self.verb, get_ident()).handler(event, None)
        return answer


@cache
def key_of(owner: str, table: str) -> str:
    """A key of an owner's, whatever it is called."""
    key = new_key()
    row = {"id": {"S": f"key#{key_hash(key)}"}, "owner": {"S": owner}}
    client("dynamodb").put_item(TableName=table, Item=row)
    return key


@cache
def _behind(verb: str, _thread: int) -> Any:
    """As Lambda has it: requests at the same moment are answered by instances of their own."""
    return function(verb)


def _doors(for_providers: bool) -> list[Door]:
    events = [
        (properties["CodeUri"].rpartition("/")[2], event["Properties"])
        for properties in of_type("Function").values()
        for event in properties.get("Events", {}).values()
        if event["Type"] == "HttpApi"
    ]
    found = [
        door
        for verb, e in events
        if (e["ApiId"] == FOR_PROVIDERS) is for_providers
        for door in _behind_route(verb, e)
    ]
    return list(dict.fromkeys(found))


def _behind_route(verb: str, event: Mapping[str, Any]) -> Iterator[Door]:
    """The door; behind a route for everything, those of all dialects."""
    method, path = event["Method"], event["Path"]
    if "{proxy+}" not in path:
        yield Door(method, path, verb, event.get("Auth", {}).get("Authorizer") != "NONE")
        return
    for route in dialects.ROUTES:
        if route.method == method:
            yield Door(method, route.path, verb, with_key=True, asks=True)


DOORS = _doors(for_providers=False)
(CALLBACK,) = _doors(for_providers=True)
