"""Wait until the local cloud's first process is gone, even by kill -9, and end the others."""

import sys
from pathlib import Path

from local import ready
from local.processes import end_all

if __name__ == "__main__":
    directory = Path(sys.argv[1])
    sys.stdin.buffer.read()  # ends when the other end of the pipe is closed
    ready.clear(directory)
    end_all(directory)
