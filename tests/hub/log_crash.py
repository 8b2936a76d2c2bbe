"""A log that is written to until it is killed: python log_crash.py FOLDER DELAY_MS.

Says on standard output, line by line, what has been answered: `entry ID`, `file SHA256`. It ends itself by SIGKILL.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
import time
from pathlib import Path

from log_room import PNG, log_room


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def live(folder: Path) -> None:
    async with log_room(folder) as room:
        say("ready")
        for n in range(1_000_000):
            item = room.upload(PNG + str(n).encode())
            attachments = (item,) if n % 2 else ()
            done = await room.write(f"기록 {n}", attachments=attachments)
            assert not done.reason
            say(f"entry {done.subject}")
            if attachments:
                say(f"file {item.sha256}")


def die_after(delay_s: float) -> None:
    time.sleep(delay_s)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    threading.Thread(target=die_after, args=(int(sys.argv[2]) / 1000,), daemon=True).start()
    asyncio.run(live(Path(sys.argv[1])))
