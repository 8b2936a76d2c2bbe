"""What each subcommand was asked to do, as one frozen fact.

`console.setup.parser` makes these from the command line; each is handed to one function:

    ConsoleOptions     console.app.main(options) -> int
    ShotsOptions       console.app.shots(options) -> int
    HubOptions         console.hub.service.main(options) -> int
    CityOptions        console.city.service.main(options) -> int
    SiteCheckOptions   console.hub.profile.check(options) -> int
    SiteHandbookOptions   console.hub.handbook.command.main(options) -> int
    BacktestOptions    console.hub.backtest.command.main(options) -> int
    Ledger…Options     console.hub.ledger.command.main(options) -> int
    ExportOptions      console.report.command.main(options) -> int
    VerifyOptions      console.report.command.main(options) -> int
    Feeds…Options      console.hub.district.command.main(options) -> int
    Seat…Options       console.hub.pki.command.main(options) -> int
    AccountOptions     console.hub.people.command.main(options) -> int
    BenchOptions       tests/bench/<name>.py as a child process
    TestOptions        console.setup.gate.main(options) -> int
    DoctorOptions      console.setup.doctor.main(options) -> int

The integer is the process's exit code: 0 done, 1 failed, 2 a bad argument, 3 no display, 4 not set up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from console.setup.bootstrap import ROOT

HUB_SECRET_ENV = "GWANJE_HUB_SECRET"  # noqa: S105 - the name, not the secret
"""Environment variable with the secret of a hub and its console; never an argument: `ps` shows those."""

DEFAULT_SITE = ROOT / "resources" / "sites" / "busan"
HUB_PORT = 8700
CITY_PORT_BASE = 8711
SCENARIOS = ("calm", "storm", "festival", "line-down")

Language = Literal["ko", "en"]
MapKind = Literal["web", "native", "auto"]


@dataclass(frozen=True)
class Address:
    """A place to listen or connect; port 0 lets the system choose when listening."""

    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


@dataclass(frozen=True)
class ConsoleOptions:
    """The desktop console; `hub` None means: start the demo city and an embedded hub."""

    hub: str | None = None
    site: Path = DEFAULT_SITE
    data: Path | None = None
    """None: the user's data folder of this OS."""
    scenario: str = "calm"
    lang: Language | None = None
    """None: as last time, else the OS language."""
    theme: str | None = None
    map: MapKind = "auto"
    seed: int = 1
    enrol: Path | None = None
    """Enrolment that makes this computer a seat of a hub."""


@dataclass(frozen=True)
class HubOptions:
    """One hub on one data directory."""

    site: Path
    data: Path
    listen_host: str = "127.0.0.1"
    listen_port: int = HUB_PORT
    feed_urls: Mapping[str, str] = field(default_factory=dict[str, str])
    """Endpoints that replace those of `feeds.toml`, by feed name."""
    parent_pid: int | None = None
    """Embedded: end when this process has ended."""
    secret_env: str = HUB_SECRET_ENV
    """Name of the environment variable that holds the secret."""
    sign_in: Literal["auto", "local", "accounts"] = "auto"
    """`local`: whoever proves the launch secret works without a password; `accounts`: everybody signs in; `auto`: local
    if the secret was given by who started the hub and nothing but loopback is listened on.
    """
    tls: bool = False
    """TLS on loopback too; anywhere else there is always TLS."""
    ledger_copy: str = ""
    """Where each record of the ledger is copied to: a file, `tls://host:port`, or `tcp://` on this computer."""


@dataclass(frozen=True)
class SeatEnrolOptions:
    """Write the enrolment of a seat; makes the site's authorities at the first one."""

    data: Path
    seat: str
    out: Path
    hosts: tuple[str, ...] = ()
    """Names and addresses under which consoles reach the hub; empty: as before, at first those of this computer."""
    port: int = 0
    """0: as before, at first `HUB_PORT`."""


@dataclass(frozen=True)
class SeatRevokeOptions:
    """Take its certificate from a seat; open sessions end within seconds."""

    data: Path
    seat: str


@dataclass(frozen=True)
class SeatListOptions:
    """Say which seats there are."""

    data: Path


@dataclass(frozen=True)
class SeatRotateOptions:
    """Let the backup authority take over; with `drop_older` the seats of the old one are not let in any more."""

    data: Path
    drop_older: bool = False


@dataclass(frozen=True)
class AccountOptions:
    """List or change the accounts of a hub that is not running; passwords come from the terminal or standard input."""

    data: Path
    action: Literal["add", "list", "remove", "password", "disable", "enable"]
    user: str = ""
    name: str = ""
    person: str = ""
    roles: tuple[str, ...] = ()
    """Each `role[:area+area][:C0-C3]`."""
    stdin: bool = False


SeatOptions = SeatEnrolOptions | SeatRevokeOptions | SeatListOptions | SeatRotateOptions


@dataclass(frozen=True)
class CityOptions:
    """The demo city alone; `speed` is city seconds per second."""

    scenario: str = "calm"
    seed: int = 1
    sensors: Address = Address("127.0.0.1", CITY_PORT_BASE)
    logistics: Address = Address("127.0.0.1", CITY_PORT_BASE + 1)
    factory: Address = Address("127.0.0.1", CITY_PORT_BASE + 2)
    speed: float = 1.0
    parent_pid: int | None = None


@dataclass(frozen=True)
class SiteCheckOptions:
    """Look for faults in one site profile."""

    site: Path


@dataclass(frozen=True)
class SiteHandbookOptions:
    """Write the handbook of one site profile; `out` ends in .md or .html."""

    site: Path
    out: Path
    lang: Literal["ko", "en", "both"] = "both"


@dataclass(frozen=True)
class BacktestOptions:
    """Play recorded samples through the alarm engine; exactly one of `samples` and `data` is given."""

    site: Path
    samples: Path | None = None
    """CSV of `at,tag,value,quality`, also gzipped; `-` is standard input."""
    data: Path | None = None
    """Data directory of a hub, which is only read."""
    start: str = ""
    """Samples from this time on, RFC 3339 or UTC ns; empty: from the first."""
    end: str = ""
    """Samples before this time; empty: to the last."""
    settings: tuple[str, ...] = ()
    """Changes to be tried: `asset-or-type.alarm.field=value`."""
    out: Path | None = None
    """File for the transitions; None: standard output."""


@dataclass(frozen=True)
class LedgerVerifyOptions:
    """Check a ledger: an export, a journal or the data directory of a hub, which is only read."""

    file: Path
    keys: tuple[Path, ...] = ()
    """Public keys that the auditor has from elsewhere; none: the first key of the ledger is taken as it is."""
    anchors: tuple[Path, ...] = ()
    """What outside witnesses hold: time-stamp requests or answers, or signed heads."""


@dataclass(frozen=True)
class LedgerExportOptions:
    """Write a ledger, or the records of [start, end), as JSON lines."""

    data: Path
    out: Path
    start: str = ""
    end: str = ""


@dataclass(frozen=True)
class LedgerAnchorOptions:
    """Give the signed head to an outside witness: as a time-stamp request, or to an address."""

    data: Path
    out: Path | None = None
    url: str = ""


@dataclass(frozen=True)
class LedgerRotateOptions:
    """Put a new signing key in the place of the present one."""

    data: Path


LedgerOptions = LedgerVerifyOptions | LedgerExportOptions | LedgerAnchorOptions | LedgerRotateOptions


@dataclass(frozen=True)
class ExportOptions:
    """Make a report of [start, end) from a data directory, which is only read."""

    kind: str
    data: Path
    start: str
    """RFC 3339 or UTC ns; without a zone it is the time of the site."""
    end: str
    site: Path | None = None
    """None: as the console of the data folder knows it, else the shipped one."""
    about: str = ""
    """Asset or alarm of an incident."""
    lang: Literal["ko", "en", "both"] = "ko"
    formats: str = "pdf,xlsx"
    out: Path = Path()
    """Folder for the files."""
    progress: bool = False
    """Say each step as a line of JSON (`console.report.progress`)."""


@dataclass(frozen=True)
class VerifyOptions:
    """Check a report that was exported, with the evidence beside it."""

    file: Path
    keys: tuple[Path, ...] = ()
    """Public keys of workstations that are known from elsewhere."""


@dataclass(frozen=True)
class FeedsDiscoverOptions:
    """Listen to a source and write a first profile of what it offers into the new folder `out`."""

    url: str
    out: Path
    adapter: str = ""
    """Empty: told from the first frames."""
    seconds: float = 30.0
    options: Mapping[str, str | float | bool] = field(default_factory=dict[str, "str | float | bool"])
    """Of the adapter, as in `feeds.toml`."""


@dataclass(frozen=True)
class FeedsAdoptOptions:
    """Write what a hub has discovered into a copy `out` of the profile in `directory`."""

    directory: Path
    data: Path
    out: Path
    feed: str = ""
    """Empty: of all feeds."""
    area: str = ""
    """Where the assets stand at first; empty: where most of what the feed maps stands."""


@dataclass(frozen=True)
class FeedsListOptions:
    """List the adapters of this installation."""

    data: Path | None = None
    """None: the user's data folder of this OS."""


@dataclass(frozen=True)
class FeedsDisableOptions:
    """Do not use an adapter that a package brings."""

    name: str
    data: Path | None = None


@dataclass(frozen=True)
class FeedsEnableOptions:
    """Use an adapter again."""

    name: str
    data: Path | None = None


@dataclass(frozen=True)
class FeedsRecordOptions:
    """Write the raw frames of a source with their times as JSON lines; `seconds` 0: until it is ended."""

    url: str
    file: Path
    adapter: str = ""
    seconds: float = 0.0
    options: Mapping[str, str | float | bool] = field(default_factory=dict[str, "str | float | bool"])


@dataclass(frozen=True)
class ShotsOptions:
    """Render the main screens to PNG files in `directory`, Korean and English, day and night."""

    directory: Path
    site: Path = DEFAULT_SITE
    scenario: str = "storm"
    seed: int = 1


@dataclass(frozen=True)
class BenchOptions:
    """One measurement, printed and not asserted."""

    name: str = "e2e"
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True)
class TestOptions:
    """Every check; `everything` adds those marked slow."""

    # pytest would take the name for a test class.
    __test__ = False

    everything: bool = False
    pytest_arguments: tuple[str, ...] = ()


@dataclass(frozen=True)
class DoctorOptions:
    """Say what the machine lacks, and with `install` add it (root only)."""

    install: bool = False


Options = (
    ConsoleOptions
    | HubOptions
    | CityOptions
    | SiteCheckOptions
    | SiteHandbookOptions
    | BacktestOptions
    | LedgerOptions
    | ExportOptions
    | VerifyOptions
    | SeatOptions
    | AccountOptions
    | FeedsDiscoverOptions
    | FeedsAdoptOptions
    | FeedsRecordOptions
    | FeedsListOptions
    | FeedsDisableOptions
    | FeedsEnableOptions
    | ShotsOptions
    | BenchOptions
    | TestOptions
    | DoctorOptions
)
