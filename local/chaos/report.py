"""The one table at the end."""

from collections.abc import Mapping

from local.chaos.audit import Audit

SHOWN = 20  # tasks of each kind that something is wrong with


def render(title: str, done: Mapping[str, object], audit: Audit) -> str:
    counted = {**done, **audit.counted}
    zeros = {what: str(len(wrong)) for what, wrong in audit.wrong.items()}
    width = max(map(len, [*counted, *zeros]))
    lines = ["", title, ""]
    lines += [f"  {what:<{width}}  {value}" for what, value in counted.items()]
    lines += ["", "  must be 0"]
    lines += [f"  {what:<{width}}  {value}" for what, value in zeros.items()]
    for what, wrong in audit.wrong.items():
        if wrong:
            lines += ["", f"  {what}:", *(f"    {line}" for line in wrong[:SHOWN])]
            lines += [f"    … and {len(wrong) - SHOWN} more"] if len(wrong) > SHOWN else []
    return "\n".join(lines)
