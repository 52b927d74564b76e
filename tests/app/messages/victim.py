"""A process that sends letters and is killed at it.

`python -m tests.app.messages.victim URL FOLDER PORT NOW`
"""

import sys
from datetime import datetime
from pathlib import Path

from tests.app.messages.house import House, hook
from tests.clock import TurnableClock


class Port:
    """Where the platform listens."""

    def __init__(self, port):
        self.port = port


def main():
    url, folder, port, now = sys.argv[1:]
    clock = TurnableClock(datetime.fromisoformat(now))
    house = House(url, Path(folder), clock, hook=hook(Port(int(port))))
    house.send()


if __name__ == "__main__":
    main()
