"""docs/performance.md: the table and the chart of what was measured last."""

from collections.abc import Mapping

from bench.figure import Figure
from bench.record import Measured

WIDTH = 30
HEAD = """# Performance

<!-- Written by `make bench`: change bench/, not this page. -->

Every number was measured by `make bench`, on what `make build` had built; when, where and how
stands at the end. Times are ratios of paired runs, the median of all pairs, on a machine that also
does other things; memory is a process's peak; all else is counted, or computed from counts and from
what is assumed there. Less is better everywhere.
`make bench-check`, which is part of `make test`, counts again and fails where a count has grown.

## Not reached

{missed}

The sweep is measured over more finished rows by `make bench ARGS="poller --finished 1000000"`.

## The table

| what | ours | to reach | further | the floor | beside |
|---|---|---|---|---|---|
"""
NOTES = """
{notes}

## Ours, as a part of what was to be reached

```
{chart}
```

## How it was measured

{methods}
"""


def page(measured: Mapping[str, Measured], methods: Mapping[str, str]) -> str:
    figures = [figure for row in measured.values() for figure in row.figures]
    missed = [_missed(figure) for figure in figures if figure.reached is False]
    noted = [figure for figure in figures if figure.note]
    rows = "\n".join(_row(figure, noted) for figure in figures)
    notes = "\n".join(f"{n}. {figure.note}." for n, figure in enumerate(noted, 1))
    chart = "\n".join(_bar(figure) for figure in figures if figure.goal)
    told = "\n".join(_method(name, row, methods[name]) for name, row in measured.items())
    head = HEAD.format(missed="\n".join(missed) or "Nothing.")
    return head + rows + "\n" + NOTES.format(notes=notes, chart=chart, methods=told)


def _method(name: str, row: Measured, text: str) -> str:
    return f"- `{name}` ({row.where}): {' '.join(text.split())}"


def number(value: float) -> str:
    text = f"{value:,.2f}" if abs(value) < 100 else f"{value:,.0f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _row(figure: Figure, noted: list[Figure]) -> str:
    mark = f" ({noted.index(figure) + 1})" if figure in noted else ""
    ours = f"{number(figure.ours)} {figure.unit}"
    cells = [
        figure.name + mark,
        f"**{ours}**" if figure.reached is not False else f"{ours}, not reached",
        _limit(figure.goal),
        _limit(figure.further),
        figure.floor or "–",
        "; ".join(f"{what}: {number(value)}" for what, value in figure.others.items()) or "–",
    ]
    return "| " + " | ".join(cells) + " |"


def _limit(value: float | None) -> str:
    return "–" if value is None else f"≤ {number(value)}"


def _missed(figure: Figure) -> str:
    assert figure.goal is not None
    return f"- {figure.name}: {number(figure.ours)} {figure.unit}, not {number(figure.goal)}."


def _bar(figure: Figure) -> str:
    """The line at the end of the width is what was to be reached."""
    part = figure.ours / figure.goal if figure.goal else 0.0
    filled = min(round(part * WIDTH), WIDTH)
    over = min(round((part - 1) * WIDTH), 2 * WIDTH) if part > 1 else 0
    bar = "█" * filled + "·" * (WIDTH - filled) + "│" + "▒" * over
    return f"{figure.name[:58]:58} {bar} {part:.0%}"
