"""The processes of this console: which hub it talks to, and the children it starts for it."""

from __future__ import annotations

import getpass
import platform
import queue
import sys
from dataclasses import dataclass, field
from pathlib import Path

from console.app.places import Places
from console.client.credentials import Credentials
from console.client.hubproc import Children, ChildrenPlan, ChildTold
from console.client.tls import TlsPapers
from console.client.trials import TrialPlan
from console.setup.arguments import HUB_SECRET_ENV
from console.setup.bootstrap import ROOT
from console.setup.secret import take_secret

PROGRAM = (sys.executable, str(ROOT / "main.py"))


@dataclass(slots=True)
class Family:
    """A hub's address and secret; `children` is None when the hub is someone else's."""

    secret: str
    url: str = ""
    children: Children | None = None
    trials: TrialPlan | None = None
    """How changes are tried on the record of an embedded hub; None when the record is elsewhere."""
    papers: TlsPapers | None = None
    """What this seat proves itself with to a hub on another computer."""
    told: queue.SimpleQueue[ChildTold] = field(default_factory=queue.SimpleQueue[ChildTold])
    """What children had to say; filled by their threads, read by the main thread."""

    def door(self) -> str:
        """The hub's address now; empty while it is not ready."""
        return self.children.url if self.children is not None else self.url

    def start(self) -> None:
        """Start the children; costs some milliseconds."""
        if self.children is not None:
            self.children.start()

    def stop(self) -> None:
        """End the children, within three seconds."""
        if self.children is not None:
            self.children.stop()


def embedded(places: Places, site: Path, scenario: str, seed: int, speed: float = 1.0) -> Family:
    """A demo city (at `speed` city seconds per second) and a hub of our own."""
    told: queue.SimpleQueue[ChildTold] = queue.SimpleQueue()
    plan = ChildrenPlan(
        program=PROGRAM,
        site=site,
        data=places.data,
        scenario=scenario,
        seed=seed,
        secret_env=HUB_SECRET_ENV,
        speed=speed,
    )
    children = Children(plan, told.put)
    trials = TrialPlan(PROGRAM, site, places.data)
    return Family(children.secret, children=children, trials=trials, told=told)


def remote(url: str, places: Places) -> Family:
    """Someone else's hub: its secret is in the environment or in the keyring (SEC-33), or this seat has papers."""
    # Taken out of the environment, so that nothing we start can read it.
    secret = take_secret(HUB_SECRET_ENV)
    credentials = Credentials()
    address = _socket_url(url)
    if address.startswith("wss:"):
        # Only a seat of another computer's hub pays for certificates.
        from console.client.seat_papers import SeatPapers

        return Family("", url=address, papers=SeatPapers(places.console, credentials))
    return Family(secret or credentials.get(url), url=address)


def enrolled(file: Path, url: str, places: Places) -> Family | None:
    """A hub that this computer becomes a seat of now; None after saying on the terminal why not."""
    from console.app.enrolling import enrol
    from console.client.seat_papers import SeatPapers

    take_secret(HUB_SECRET_ENV)
    credentials = Credentials()
    papers = SeatPapers(places.console, credentials)
    if not enrol(file, papers, credentials) or papers.papers is None:
        return None
    return Family("", url=_socket_url(url or papers.papers.hub), papers=papers)


def person() -> tuple[str, str]:
    """Name of the local user and of this computer."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = ""
    return user[:80], platform.node()[:80]


def _socket_url(url: str) -> str:
    scheme, _, rest = url.partition("://")
    host, _, path = rest.partition("/")
    return f"{ {'http': 'ws', 'https': 'wss'}.get(scheme, scheme) }://{host}/{path or 'ws'}"
