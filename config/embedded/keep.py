"""``python -m config.embedded.keep COMMAND…``: runs a process and starts it again when it crashes.

Celery's worker may end with an error when Redis goes away under a task (kombu closes a connection that is already
gone); in production the container's restart policy does the same.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType

SOON_SECONDS = 5
MOST_EARLY_ENDS = 3


class Keeper:
    """One process, kept alive until somebody asks for its end."""

    def __init__(self, command: list[str]) -> None:
        self.command = command
        self.child: subprocess.Popen[bytes] | None = None
        self.is_stopping = False

    def run(self) -> int:
        """Run until asked to stop, or until the process ends three times in a row within seconds."""
        early_ends = 0
        while True:
            began = time.monotonic()
            self.child = subprocess.Popen(self.command)
            status = self.child.wait()
            early_ends = early_ends + 1 if time.monotonic() - began < SOON_SECONDS else 0
            if self.is_stopping or status == 0 or early_ends >= MOST_EARLY_ENDS:
                return 0 if self.is_stopping else status
            sys.stdout.write(f"It ended with status {status}: starting it again.\n")
            sys.stdout.flush()
            time.sleep(1)

    def stop(self, number: int, _frame: FrameType | None) -> None:
        """Pass a signal on, and start nothing again."""
        self.is_stopping = True
        if self.child:
            self.child.send_signal(number)


def main() -> int:
    """Keep the command given on the command line."""
    keeper = Keeper(sys.argv[1:])
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, keeper.stop)
    return keeper.run()


if __name__ == "__main__":
    sys.exit(main())
