"""Start the simulator: python -m simulator --port 9900"""

import argparse
import asyncio
import logging
import signal
import sys

from .app import build_app
from .dialects import DIALECTS
from .server import Server, open_socket, url_of


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m simulator", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=9900, help="0 picks a free one")
    parser.add_argument("--seconds", type=float, default=3.0, help="how long a task takes")
    parser.add_argument(
        "--retry-seconds", type=float, default=1.0, help="the first wait of a webhook retry"
    )
    return parser.parse_args()


def main() -> int:
    # uvicorn raises the signal again when it has stopped; an asked-for end is no failure.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(0))
    logging.basicConfig(level=logging.WARNING)
    arguments = parse_arguments()
    try:
        opened = open_socket(arguments.host, arguments.port)
    except (OSError, OverflowError) as error:
        print(f"Cannot listen on {arguments.host}:{arguments.port}: {error}", file=sys.stderr)
        return 1
    greeting = f"Simulator listening on {url_of(opened)} ({', '.join(DIALECTS)}; control at /_sim)"
    app = build_app(max(0.0, arguments.seconds), max(0.0, arguments.retry_seconds))
    asyncio.run(Server(app, greeting).serve([opened]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
