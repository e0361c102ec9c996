"""The command `plantain`."""

import io
import os
import sys

from plantain_client import Plantain
from plantain_client.command import acting
from plantain_client.command.arguments import parser
from plantain_client.command.ends import Exit, tell
from plantain_client.command.text import note
from plantain_client.errors import PlantainError


def main() -> None:
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # letters that have no place here
    sys.exit(_run(sys.argv[1:]))


def _run(words: list[str]) -> int:
    try:
        if words[:1] == ["keys"]:
            return acting.keys(words[1:])
        given = parser().parse_args(words)
        with Plantain(given.url, given.api_key) as plantain:
            done: Exit = given.do(plantain, given)
            return done
    except KeyboardInterrupt as stop:
        note(str(stop) or "Stopped.")
        return Exit.INTERRUPTED
    except BrokenPipeError:  # whoever read this has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.DONE
    except UnicodeEncodeError:  # bytes of a shell that are no letters
        note("plantain: What was given is not text in UTF-8.")
        return Exit.REFUSED
    except (PlantainError, OSError) as error:
        return tell(error)
