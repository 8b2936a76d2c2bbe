"""A real Mosquitto broker on loopback for tests; without the program they are skipped and say so."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from feed_stage import T

from console.core.site import FeedDef
from console.feeds.mqtt_options import LINK_OPTIONS, LinkOptions, link_options
from console.feeds.options import Options

STARTS_S = 10.0


def broker_program() -> str:
    """Path of the broker; skips the test where there is none."""
    found = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
    if found is None:
        pytest.skip("mosquitto is not installed")
    return found


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return int(made.getsockname()[1])


def wishes(url: str, **options: str | float | bool) -> LinkOptions:
    """Options of a link, as a profile gives them."""
    feed = FeedDef(id="feed", adapter="mqtt", url=url, label=T, options=dict(options))
    return link_options(feed, Options(feed, LINK_OPTIONS))


class Mosquitto:
    """One broker with a TCP and a WebSocket listener; it may be killed and started again on the same ports."""

    def __init__(self, folder: Path, *settings: str, anonymous: bool = True) -> None:
        self._program = broker_program()
        self._folder = folder
        self.port, self.web_port = free_port(), free_port()
        self._process: subprocess.Popen[bytes] | None = None
        lines = [
            f"user {pwd.getpwuid(os.getuid()).pw_name}",
            "per_listener_settings false",
            f"allow_anonymous {'true' if anonymous else 'false'}",
            "sys_interval 1",
            *settings,
            f"listener {self.port} 127.0.0.1",
            f"listener {self.web_port} 127.0.0.1",
            "protocol websockets",
        ]
        self._config = folder / "mosquitto.conf"
        self._config.write_text("\n".join(lines) + "\n", encoding="utf-8")

    @property
    def url(self) -> str:
        """Over TCP."""
        return f"mqtt://127.0.0.1:{self.port}"

    @property
    def web_url(self) -> str:
        """Over WebSocket."""
        return f"ws://127.0.0.1:{self.web_port}/mqtt"

    def start(self) -> None:
        """Returns once it listens."""
        log = (self._folder / "mosquitto.log").open("ab")
        with log:
            self._process = subprocess.Popen(
                [self._program, "-c", str(self._config)], stdout=log, stderr=log, cwd=self._folder
            )
        deadline = time.monotonic() + STARTS_S
        while not (self._listens(self.port) and self._listens(self.web_port)):
            assert self._process.poll() is None, (self._folder / "mosquitto.log").read_text()
            assert time.monotonic() < deadline, "the broker does not listen"
            time.sleep(0.02)

    def kill(self) -> None:
        """End it as a power cut does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def freeze(self, frozen: bool) -> None:
        """Let it hold its connections and do nothing, or go on."""
        assert self._process is not None
        os.kill(self._process.pid, 19 if frozen else 18)

    @staticmethod
    def _listens(port: int) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def mosquitto(folder: Path, *settings: str, anonymous: bool = True) -> Generator[Mosquitto, None, None]:
    """A running broker."""
    broker = Mosquitto(folder, *settings, anonymous=anonymous)
    broker.start()
    try:
        yield broker
    finally:
        broker.kill()
