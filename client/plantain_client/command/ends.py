"""How a command can end, for scripts and for people."""

from enum import IntEnum

from plantain_client.command.text import note, plain
from plantain_client.errors import (
    ApiError,
    NotAuthorized,
    PictureDamaged,
    PlantainError,
    StillRunning,
    TaskNotMade,
    Unavailable,
    Unreachable,
)


class Exit(IntEnum):
    DONE = 0
    REFUSED = 2  # as argparse has it: ask for something else
    NOT_MADE = 3
    NOT_AUTHORIZED = 4
    LATER = 5
    INTERRUPTED = 130


KINDS: dict[type[PlantainError], Exit] = {
    TaskNotMade: Exit.NOT_MADE,
    NotAuthorized: Exit.NOT_AUTHORIZED,
    Unreachable: Exit.LATER,
    Unavailable: Exit.LATER,
    StillRunning: Exit.LATER,
    PictureDamaged: Exit.LATER,
}


def tell(error: PlantainError | OSError) -> Exit:
    """Say what went wrong and what to do, and with which code to end."""
    later = getattr(error, "retry_after", None)
    note(f"plantain: {plain(_words(error))}{f' (in {later:.0f} s again)' if later else ''}")
    for each in error.errors if isinstance(error, ApiError) else ():
        allowed = ", ".join(map(str, each.get("allowed") or ()))
        told = f"{each.get('field')}: {each.get('message')}" + (f" ({allowed})" if allowed else "")
        note(f"  {plain(told)}")
    for hint in getattr(error, "__notes__", ()):
        note(hint)
    return end_of(error)


def end_of(error: Exception) -> Exit:
    return next((end for kind, end in KINDS.items() if isinstance(error, kind)), Exit.REFUSED)


def _words(error: PlantainError | OSError) -> str:
    match error:
        case NotAuthorized():
            return f"the API key is not accepted ({error.status} {error})"
        case TaskNotMade():
            again = "; a new order may well succeed" if error.retryable else ""
            return f"{error.task.task_id} {error.task.status}: {error} ({error.code}{again})"
        case OSError():
            return f"{error.filename or 'this machine'}: {error.strerror or error}"
    return str(error)
