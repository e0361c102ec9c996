"""What can be said on the command line."""

import argparse
from argparse import ArgumentParser
from pathlib import Path
from typing import TypeAlias

from plantain_client.command import acting, listing, making
from plantain_client.orders import MODEL

STATUSES = ("queued", "processing", "succeeded", "failed", "cancelled")
EPILOG = """\
The address and the key: --url and --api-key, or PLANTAIN_URL and PLANTAIN_API_KEY, or those of the
local cloud that `make run` has started here (.local/ready.json).

It ends with 0 when all is done, 2 if this cannot be done as it was asked for, 3 if the picture was
not made, 4 if the key is not accepted, 5 if it may work later, and 130 after Ctrl-C.
"""
DETACHED = "Ctrl-C ends the waiting, never the task."


def parser() -> ArgumentParser:
    top = ArgumentParser(
        prog="plantain",
        description="Orders pictures, and keeps an eye on them.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    common = _common()
    for add in (_generate, _show, _tasks, _watch, _models, _cancel, _small):
        add(commands, common)
    # Only for this list: a tool of its own reads what comes after it.
    commands.add_parser("keys", help="list, make and revoke API keys, in a checkout of Plantain")
    return top


def _common() -> ArgumentParser:
    common = ArgumentParser(add_help=False)
    group = common.add_argument_group("everywhere")
    group.add_argument("--url", help="where the API is")
    group.add_argument("--api-key", help="better in PLANTAIN_API_KEY: others may see command lines")
    group.add_argument("--json", action="store_true", help="print the API's JSON, and nothing else")
    return common


Commands: TypeAlias = "argparse._SubParsersAction[ArgumentParser]"


def _generate(commands: Commands, common: ArgumentParser) -> None:
    one = commands.add_parser(
        "generate", parents=[common], help="order a picture and save it", description=DETACHED
    )
    one.add_argument("prompt")
    one.add_argument("--model", default=MODEL, help=f"`plantain models` lists them ({MODEL})")
    one.add_argument("--ratio", help="such as 16:9")
    one.add_argument("--resolution", help="such as 2K")
    one.add_argument("--format", help="png or jpeg, where it can be chosen")
    one.add_argument(
        "--reference", action="append", default=[], metavar="FILE|URL", help="work from a picture"
    )
    one.add_argument("--provider", help="this one, and no other")
    one.add_argument("--routing", help="auto, value or official")
    one.add_argument("--google-search", action=argparse.BooleanOptionalAction)
    one.add_argument("--safety-checker", action=argparse.BooleanOptionalAction)
    one.add_argument("--webhook", metavar="URL", help="where to tell of the end")
    one.add_argument(
        "--metadata", action="append", default=[], type=_pair, metavar="NAME=TEXT", help="a note"
    )
    one.add_argument(
        "--key", help="a name for this order: the same one again is the same task, bought once"
    )
    one.add_argument(
        "--no-wait", dest="wait", action="store_false", help="print the task's id and end"
    )
    _pictures(one)
    one.set_defaults(do=making.generate)


def _show(commands: Commands, common: ArgumentParser) -> None:
    one = commands.add_parser(
        "show", parents=[common], help="show a task, or fetch its pictures", description=DETACHED
    )
    one.add_argument("task")
    one.add_argument("--wait", action="store_true", help="until it has ended")
    _pictures(one)
    one.set_defaults(do=making.show)


def _pictures(one: ArgumentParser) -> None:
    one.add_argument("-o", "--output", type=Path, metavar="FILE", help="or a folder")
    one.add_argument("--open", action="store_true", help="show the picture")
    one.add_argument("--timeout", type=float, metavar="SECONDS", help="do not wait longer")


def _tasks(commands: Commands, common: ArgumentParser) -> None:
    one = commands.add_parser("tasks", parents=[common], help="list your tasks, newest first")
    one.add_argument("--status", choices=STATUSES)
    one.add_argument("--model")
    one.add_argument("--provider")
    one.add_argument("--limit", type=_count, default=20, metavar="N", help="at most so many (20)")
    one.set_defaults(do=listing.tasks)


def _watch(commands: Commands, common: ArgumentParser) -> None:
    text = "print a line whenever a task changes"
    one = commands.add_parser("watch", parents=[common], help=text, description=DETACHED)
    one.add_argument("tasks", nargs="*", metavar="TASK", help="only these, until they have ended")
    one.set_defaults(do=listing.watch)


def _models(commands: Commands, common: ArgumentParser) -> None:
    text = "list what can be made, and by whom"
    one = commands.add_parser("models", parents=[common], help=text)
    one.set_defaults(do=listing.models)


def _cancel(commands: Commands, common: ArgumentParser) -> None:
    one = commands.add_parser("cancel", parents=[common], help="cancel a task")
    one.add_argument("task")
    one.add_argument("--discard", action="store_true", help="even if it is already paid for")
    one.set_defaults(do=acting.cancel)


def _small(commands: Commands, common: ArgumentParser) -> None:
    """Those that do one thing with one task."""
    for name, do, text in (
        ("delete", acting.delete, "delete a finished task and its pictures"),
        ("timeline", listing.timeline, "show what happened to a task, step by step"),
        ("deliveries", listing.deliveries, "show whether the end of a task was told"),
        ("redeliver", listing.redeliver, "tell the end of a task again"),
    ):
        one = commands.add_parser(name, parents=[common], help=text)
        one.add_argument("task")
        one.set_defaults(do=do)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise argparse.ArgumentTypeError("give NAME=TEXT")
    return name, value


def _count(text: str) -> int:
    if not (text.isdecimal() and int(text)):
        raise argparse.ArgumentTypeError("give a whole number from 1 on")
    return int(text)
