"""Prints the table of routes in docs/api.md, made from the code: python -m tools.route_table."""

from plantain.contract import ROUTES
from plantain.contract.route import Route

HEAD = ("| call | what it does | answer | errors |", "|---|---|---|---|")


def table() -> str:
    return "\n".join((*HEAD, *map(_row, ROUTES)))


def _row(route: Route) -> str:
    asked = ", ".join(f"`{p['name']}`" for p in route.parameters if p["in"] == "query")
    cells = (
        f"`{route.key}`" + (f"<br>{asked}" if asked else ""),
        route.summary + ("" if route.with_key else " (no key)"),
        ", ".join(str(answer.status.value) for answer in route.answers),
        " ".join(f"{error.status} `{error.code}`" for error in route.errors)
        if route.refusal is None
        else " ".join(map(str, sorted(route.refused))),
    )
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    print(table())
