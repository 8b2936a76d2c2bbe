"""The command line: one parser per subcommand, each giving the options of `arguments`.

Argument errors name the argument and exit with 2, as argparse does.
"""

from __future__ import annotations

from argparse import SUPPRESS, ArgumentParser, ArgumentTypeError, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable, Sequence

from console.setup import arguments as facts
from console.setup import feeds_parser, ledger_parser, report_parser, values
from console.setup.account_parser import account
from console.setup.bootstrap import ROOT
from console.setup.help_words import help_text
from console.setup.seat_parser import HUB_COMMANDS

Make = Callable[[Namespace], facts.Options]


def themes() -> tuple[str, ...]:
    """Names of the themes that are shipped; day and night always exist."""
    found = (path.stem for path in (ROOT / "resources" / "themes").glob("*.toml"))
    return tuple(sorted({"day", "night", *found}))


def _new(program: str, about: str, **more: str) -> ArgumentParser:
    parser = ArgumentParser(
        prog=f"main.py {program}".strip(),
        description=help_text(about),
        allow_abbrev=False,
        add_help=False,
        formatter_class=RawDescriptionHelpFormatter,
        **more,  # type: ignore[arg-type]
    )
    parser.add_argument("-h", "--help", action="help", default=SUPPRESS, help=help_text("opt.help"))
    return parser


def _scenario(parser: ArgumentParser, default: str) -> None:
    parser.add_argument(
        "--scenario", choices=facts.SCENARIOS, default=default, help=help_text("opt.scenario")
    )
    parser.add_argument("--seed", type=values.whole, default=1, metavar="N", help=help_text("opt.seed"))


def _parent(parser: ArgumentParser) -> None:
    parser.add_argument("--parent-pid", type=values.whole, metavar="PID", help=help_text("opt.parent"))


def _site(parser: ArgumentParser, *, required: bool) -> None:
    default = None if required else facts.DEFAULT_SITE
    parser.add_argument(
        "--site",
        type=values.folder,
        required=required,
        default=default,
        metavar="DIR",
        help=help_text("opt.site"),
    )


def _console(parser: ArgumentParser) -> Make:
    parser.add_argument("--hub", type=values.hub_url, metavar="URL", help=help_text("opt.hub"))
    parser.add_argument("--enrol", type=values.file, metavar="FILE", help=help_text("opt.enrol"))
    _site(parser, required=False)
    parser.add_argument("--data", type=values.new_folder, metavar="DIR", help=help_text("opt.data"))
    _scenario(parser, "calm")
    parser.add_argument("--lang", choices=("ko", "en"), help=help_text("opt.lang"))
    parser.add_argument("--theme", choices=themes(), help=help_text("opt.theme"))
    parser.add_argument("--map", choices=("web", "native", "auto"), default="auto", help=help_text("opt.map"))
    return lambda given: facts.ConsoleOptions(**vars(given))


def _hub_options(parser: ArgumentParser) -> None:
    listen = facts.Address("127.0.0.1", facts.HUB_PORT)
    _site(parser, required=True)
    parser.add_argument(
        "--data", type=values.new_folder, required=True, metavar="DIR", help=help_text("opt.data")
    )
    parser.add_argument(
        "--listen", type=values.address, default=listen, metavar="HOST:PORT", help=help_text("opt.listen")
    )
    parser.add_argument(
        "--feed",
        type=values.feed,
        action="append",
        default=[],
        metavar="NAME=URL",
        help=help_text("opt.feed"),
    )
    parser.add_argument("--tls", action="store_true", help=help_text("opt.tls"))
    parser.add_argument(
        "--sign-in", choices=("auto", "local", "accounts"), default="auto", help=help_text("opt.sign_in")
    )
    parser.add_argument(
        "--ledger-copy", type=values.copy_target, metavar="URL|FILE", help=help_text("opt.ledger_copy")
    )
    _parent(parser)


def _hub(parser: ArgumentParser) -> Make:
    _hub_options(parser)

    def make(given: Namespace) -> facts.HubOptions:
        try:
            feed_urls = values.feeds(given.feed)
        except ArgumentTypeError as error:
            parser.error(f"argument --feed: {error}")
        return facts.HubOptions(
            site=given.site,
            data=given.data,
            listen_host=given.listen.host,
            listen_port=given.listen.port,
            feed_urls=feed_urls,
            parent_pid=given.parent_pid,
            tls=given.tls,
            sign_in=given.sign_in,
            ledger_copy=given.ledger_copy or "",
        )

    return make


def _city(parser: ArgumentParser) -> Make:
    _scenario(parser, "calm")
    parser.add_argument(
        "--port-base",
        type=values.port_base,
        default=facts.CITY_PORT_BASE,
        metavar="PORT",
        help=help_text("opt.port_base"),
    )
    names = ("sensors", "logistics", "factory")
    for name in names:
        parser.add_argument(
            f"--listen-{name}",
            dest=name,
            type=values.address,
            metavar="HOST:PORT",
            help=help_text("opt.listen_one"),
        )
    parser.add_argument("--speed", type=values.speed, default=1.0, metavar="X", help=help_text("opt.speed"))
    _parent(parser)

    def make(given: Namespace) -> facts.CityOptions:
        options = vars(given)
        base: int = options.pop("port_base")
        for offset, name in enumerate(names):
            options[name] = options[name] or facts.Address("127.0.0.1", base + offset)
        return facts.CityOptions(**options)

    return make


def _site_command(parser: ArgumentParser) -> Make:
    actions = parser.add_subparsers(metavar="check|handbook", required=True, dest="action")
    check = actions.add_parser("check", help=help_text("site.check"), description=help_text("site.check"))
    check.add_argument("site", type=values.folder, metavar="DIR", help=help_text("opt.site_dir"))
    about = help_text("site.handbook")
    book = actions.add_parser("handbook", help=about, description=about)
    _site(book, required=True)
    book.add_argument(
        "--out", type=values.page, required=True, metavar="FILE", help=help_text("opt.handbook_out")
    )
    book.add_argument(
        "--lang", choices=("ko", "en", "both"), default="both", help=help_text("opt.handbook_lang")
    )

    def make(given: Namespace) -> facts.Options:
        if given.action == "check":
            return facts.SiteCheckOptions(given.site)
        return facts.SiteHandbookOptions(given.site, given.out, given.lang)

    return make


def _backtest(parser: ArgumentParser) -> Make:
    _site(parser, required=True)
    recorded = parser.add_mutually_exclusive_group(required=True)
    recorded.add_argument("--samples", type=values.file, metavar="FILE", help=help_text("opt.samples"))
    recorded.add_argument("--data", type=values.folder, metavar="DIR", help=help_text("opt.data_read"))
    parser.add_argument("--from", dest="start", default="", metavar="T", help=help_text("opt.from"))
    parser.add_argument("--to", dest="end", default="", metavar="T", help=help_text("opt.to"))
    parser.add_argument(
        "--set", dest="settings", action="append", default=[], metavar="KEY=VALUE", help=help_text("opt.set")
    )
    parser.add_argument("--out", type=values.new_file, metavar="FILE", help=help_text("opt.out"))

    def make(given: Namespace) -> facts.BacktestOptions:
        given.settings = tuple(given.settings)
        return facts.BacktestOptions(**vars(given))

    return make


def _shots(parser: ArgumentParser) -> Make:
    parser.add_argument("directory", type=values.new_folder, metavar="DIR", help=help_text("opt.shots_dir"))
    _site(parser, required=False)
    _scenario(parser, "storm")
    return lambda given: facts.ShotsOptions(**vars(given))


def benches() -> tuple[str, ...]:
    """Names of the measurements in `tests/bench`."""
    found = (path.stem for path in (ROOT / "tests" / "bench").glob("*.py"))
    return tuple(sorted(name for name in found if not name.startswith(("_", "test_", "conftest"))))


def _bench(parser: ArgumentParser) -> Make:
    parser.add_argument("name", nargs="?", default="e2e", help=help_text("opt.bench"))
    parser.add_argument("arguments", nargs="...", metavar="…", help=help_text("opt.bench_rest"))

    def make(given: Namespace) -> facts.BenchOptions:
        if given.name not in benches():
            fault = help_text("bad.bench", text=given.name, known=", ".join(benches()))
            parser.error(f"argument name: {fault}")
        return facts.BenchOptions(given.name, tuple(given.arguments))

    return make


def _test(parser: ArgumentParser) -> Make:
    parser.add_argument("--all", action="store_true", help=help_text("opt.all"))
    parser.add_argument("pytest", nargs="*", metavar="…", help=help_text("opt.pytest"))
    return lambda given: facts.TestOptions(given.all, tuple(given.pytest))


def _doctor(parser: ArgumentParser) -> Make:
    parser.add_argument("--install", action="store_true", help=help_text("opt.install"))
    return lambda given: facts.DoctorOptions(given.install)


_COMMANDS: dict[str, Callable[[ArgumentParser], Make]] = {
    "console": _console,
    "hub": _hub,
    "city": _city,
    "site": _site_command,
    "backtest": _backtest,
    "ledger": ledger_parser.ledger,
    "feeds": feeds_parser.feeds,
    "export": report_parser.export,
    "verify": report_parser.verify,
    "shots": _shots,
    "bench": _bench,
    "test": _test,
    "doctor": _doctor,
}

_HUB_COMMANDS = {**HUB_COMMANDS, "account": account}


def _overview() -> ArgumentParser:
    parser = _new("", "about")
    commands = parser.add_subparsers(metavar="COMMAND", dest="command")
    for name in _COMMANDS:
        commands.add_parser(name, help=help_text(name), add_help=False)
    return parser


def _parse_test(parser: ArgumentParser, rest: Sequence[str]) -> facts.TestOptions:
    # pytest's own options are unknown to us and may take a value, so argparse must not sort them.
    if "-h" in rest or "--help" in rest:
        parser.parse_args(["--help"])
    return facts.TestOptions("--all" in rest, tuple(word for word in rest if word != "--all"))


def parse(argv: Sequence[str]) -> facts.Options:
    """Options of the command line without the program's name; exits with 2 when it is wrong."""
    words = list(argv)
    if not words or (words[0].startswith("-") and words[0] not in {"-h", "--help"}):
        words.insert(0, "console")
    if words[0] not in _COMMANDS:
        _overview().parse_args(words[:1])
    name, rest = words[0], words[1:]
    if name == "hub" and rest and rest[0] in _HUB_COMMANDS:
        parser = _new(f"hub {rest[0]}", f"hub.{rest[0]}")
        return _HUB_COMMANDS[rest[0]](parser)(parser.parse_args(rest[1:]))
    parser = _new(name, name)
    make = _COMMANDS[name](parser)
    if name == "test":
        return _parse_test(parser, rest)
    return make(parser.parse_args(rest))
