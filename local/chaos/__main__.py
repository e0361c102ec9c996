"""Run tasks while everything goes wrong: python -m local.chaos --tasks 500 --seed 7"""

import argparse
import signal
import sys
from pathlib import Path
from typing import Never

from local.chaos.report import render
from local.chaos.run import Options, run
from local.config import Trouble
from local.deploy import AwsFailure


def _arguments() -> Options:
    parser = argparse.ArgumentParser(prog="chaos", description=__doc__)
    parser.add_argument("--tasks", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1, help="the same seed, the same faults")
    parser.add_argument("--directory", type=Path, default=Path(".local/chaos"))
    parser.add_argument("--sweep", type=int, default=4, help="seconds between sweeps")
    parser.add_argument("--first-check", type=int, default=6, help="seconds until the first look")
    parser.add_argument("--deadline", type=int, default=120, help="seconds that a task may take")
    parser.add_argument("--throttle", type=int, default=5, help="percent of the table's calls")
    parser.add_argument("--no-kills", dest="kills", action="store_false")
    parser.add_argument("--no-restart", dest="restart", action="store_false")
    return Options(**vars(parser.parse_args()))


def _end(*_: object) -> Never:
    raise KeyboardInterrupt


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end)
    options = _arguments()
    try:
        outcome = run(options)
    except KeyboardInterrupt:
        sys.exit("\nEnded.")
    except (Trouble, *AwsFailure) as trouble:
        sys.exit(f"chaos: {trouble}")
    print(render(f"Chaos: seed {options.seed}", outcome.done, outcome.audit))
    sys.exit(1 if outcome.audit.broken else 0)


if __name__ == "__main__":
    main()
