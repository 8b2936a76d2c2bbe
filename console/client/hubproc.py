"""The embedded hub and the demo city: two child processes on loopback, found by their ready lines."""

from __future__ import annotations

import logging
import os
import random
import re
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from console.client.backoff import Backoff
from console.client.child import Child, ChildCommand

log = logging.getLogger("link")

FEEDS = ("sensors", "logistics", "factory")
HUB_STOP_S = 2.0
CITY_STOP_S = 0.8
_CITY_S = 15.0
"""Longest wait for the city; after it the hub starts with the addresses of its profile."""

_NAMED = re.compile(r'([A-Za-z][\w-]*)"?\s*[=:]\s*"?(wss?://[^\s",}]+)')
_ADDRESS = re.compile(r'(?:ws|http)s?://[^\s",}/]+')


@dataclass(frozen=True, slots=True)
class ChildrenPlan:
    """What to start: `program` runs `main.py`; `secret_env` names the secret's variable."""

    program: tuple[str, ...]
    site: Path
    data: Path
    scenario: str
    seed: int
    secret_env: str
    speed: float = 1.0


@dataclass(frozen=True, slots=True)
class ChildTold:
    """Something a person should know of a child: `key` is below the words `children`."""

    key: str
    detail: str = ""


def feed_urls(line: str) -> dict[str, str]:
    """Feed addresses by name in the city's ready line."""
    return {name: url for name, url in _NAMED.findall(line) if name in FEEDS}


def hub_url(line: str) -> str:
    """WebSocket address in the hub's ready line, empty without one."""
    found = _ADDRESS.search(line)
    if found is None:
        return ""
    return re.sub(r"^http", "ws", found.group()) + "/ws"


class Children:
    """Starts both at once where possible; `url` is the hub's address as soon as it is ready."""

    def __init__(self, plan: ChildrenPlan, tell: Callable[[ChildTold], None]) -> None:
        self._plan = plan
        self._tell = tell
        self.secret = secrets.token_urlsafe(32)
        self._url = ""
        self._hub_was_ready = False
        self._feeds: Mapping[str, str] = {}
        self._city_known = threading.Event()
        self._stopping = threading.Event()
        self.city = Child("city", self._city_command, self._city_ready, self._city_ended, _backoff())
        self.hub = Child("hub", self._hub_command, self._hub_ready, self._hub_ended, _backoff())
        self._hub_starter = threading.Thread(target=self._start_hub, name="child.hub.start", daemon=True)

    @property
    def url(self) -> str:
        """Address of the hub; empty while it is not ready."""
        return self._url

    def start(self) -> None:
        """Start the city now and the hub as soon as the city has said where it listens."""
        self.city.start()
        self._hub_starter.start()

    def stop(self) -> None:
        """End both, within three seconds."""
        self._stopping.set()
        self._city_known.set()
        self._hub_starter.join(1.0)
        # The hub first: it must not take our leaving for a loss of its feeds.
        for child, patience_s in ((self.hub, HUB_STOP_S), (self.city, CITY_STOP_S)):
            child.ask_to_stop()
            child.wait_stopped(patience_s)

    def _city_command(self) -> ChildCommand:
        plan = self._plan
        words = [*plan.program, "city", "--scenario", plan.scenario, "--seed", str(plan.seed)]
        for name in FEEDS:
            # A city that is started again must be found where the hub looks for it.
            words += [f"--listen-{name}", _host_and_port(self._feeds.get(name, ""))]
        words += ["--speed", str(plan.speed), "--parent-pid", str(os.getpid())]
        return ChildCommand(words, {}, self._log("city"))

    def _hub_command(self) -> ChildCommand:
        plan = self._plan
        words = [*plan.program, "hub", "--site", str(plan.site), "--data", str(plan.data)]
        words += ["--listen", "127.0.0.1:0", "--parent-pid", str(os.getpid())]
        for name, url in self._feeds.items():
            words += ["--feed", f"{name}={url}"]
        return ChildCommand(words, {plan.secret_env: self.secret}, self._log("hub"))

    def _log(self, name: str) -> Path:
        return self._plan.data / "console" / f"{name}.err.log"

    def _start_hub(self) -> None:
        self._city_known.wait(_CITY_S)
        if not self._stopping.is_set():
            self.hub.start()

    def _city_ready(self, line: str) -> None:
        self._feeds = feed_urls(line)
        log.info("city is ready: %s", line)
        self._city_known.set()

    def _city_ended(self, detail: str) -> None:
        self._tell(ChildTold("city_failed", detail))
        self._city_known.set()

    def _hub_ready(self, line: str) -> None:
        self._url = hub_url(line)
        log.info("hub is ready: %s", line)
        if self._hub_was_ready:
            self._tell(ChildTold("hub_restarted"))
        self._hub_was_ready = True

    def _hub_ended(self, detail: str) -> None:
        ran, self._url = bool(self._url), ""
        self._tell(ChildTold("hub_stopped") if ran else ChildTold("hub_failed", detail))


def _backoff() -> Backoff:
    return Backoff(random.random, first=0.25, most=10.0)


def _host_and_port(url: str) -> str:
    return url.split("://", 1)[1].split("/", 1)[0] if url else "127.0.0.1:0"
