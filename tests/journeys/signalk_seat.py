"""Runs in a network namespace of its own: real signalk-server -> hub -> window; writes one JSON line of what is seen.

Started by the journey test as `unshare --net python signalk_seat.py SERVER_DIR RECORDING SECONDS`.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtWidgets import QApplication
from signalk_peer import PORT, raise_loopback, settings
from town import Town
from window_seat import MOVER, WindowSeat

WANTED = 100
NOWHERE = "ws://127.0.0.1:9/"


@contextmanager
def signalk_server(server: Path, recording: Path, folder: Path) -> Generator[None]:
    """The real server while it replays the recording."""
    (folder / "settings.json").write_text(json.dumps(settings(recording)))
    environ = os.environ | {"PORT": str(PORT), "SIGNALK_NODE_CONFIG_DIR": str(folder)}
    command = ["node", str(server / "node_modules/signalk-server/bin/signalk-server")]
    with (folder / "server.log").open("w") as out:
        child = subprocess.Popen(command, cwd=folder, env=environ, stdout=out, stderr=out)
        try:
            yield
        finally:
            child.send_signal(signal.SIGTERM)
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def look(seat: WindowSeat, process: QApplication, seconds: float) -> dict[str, object]:
    """Let the window live until it shows enough vessels, or the time is over."""
    deadline = time.monotonic() + seconds
    vessels = 0
    while vessels < WANTED and time.monotonic() < deadline:
        process.processEvents()
        time.sleep(0.01)
        vessels = sum(id.startswith(MOVER) for id in seat.marks()) if seat.map_is_there() else 0
    fact = seat.office.feeds.facts.get("logistics")
    names = [mark.name for mark in seat.marks().values() if mark.id.startswith(MOVER)]
    return {
        "vessels": vessels,
        "named": sum(not name.isdigit() for name in names if name),
        "feed": fact.state if fact is not None else "",
        "malformed": fact.malformed if fact is not None else -1,
        "status": seat.window.status.feeds.text(),
    }


def main() -> None:
    """Everything in order, and away again."""
    server, recording, seconds = Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3])
    raise_loopback()
    process = QApplication(sys.argv[:1])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "signalk").mkdir()
        with signalk_server(server, recording, folder / "signalk"):
            town = Town(folder)
            stream = f"ws://127.0.0.1:{PORT}/signalk/v1/stream?subscribe=none"
            town.feeds = {"sensors": NOWHERE, "logistics": stream, "factory": NOWHERE}
            town.start_hub()
            seat = WindowSeat(town, folder / "seat")
            try:
                seat.app.start()
                found = look(seat, process, seconds)
            finally:
                seat.close()
                town.stop()
            assert town.hub is not None
            found["hub"] = town.hub.words()[-1500:]
        found["log"] = (folder / "signalk" / "server.log").read_text()[-1500:]
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
