"""The command line of `main.py ledger`: verify, export, anchor, rotate-key."""

from __future__ import annotations

from argparse import SUPPRESS, ArgumentParser, Namespace
from collections.abc import Callable
from typing import TYPE_CHECKING

from console.setup import arguments as facts
from console.setup import values
from console.setup.help_words import help_text

if TYPE_CHECKING:
    from argparse import _SubParsersAction  # pyright: ignore[reportPrivateUsage]

    Actions = _SubParsersAction[ArgumentParser]


def ledger(parser: ArgumentParser) -> Callable[[Namespace], facts.Options]:
    """Options of one of the four commands."""
    actions = parser.add_subparsers(
        metavar="verify | export | anchor | rotate-key", required=True, dest="action"
    )
    makers = {"verify": _verify, "export": _export, "anchor": _anchor, "rotate-key": _rotate}
    made = {name: maker(_sub(actions, name)) for name, maker in makers.items()}
    return lambda given: made[given.action](given)


def _sub(actions: Actions, name: str) -> ArgumentParser:
    about = help_text(f"ledger.{name}")
    parser = actions.add_parser(name, help=about, description=about, allow_abbrev=False, add_help=False)
    parser.add_argument("-h", "--help", action="help", default=SUPPRESS, help=help_text("opt.help"))
    return parser


def _data(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--data", type=values.folder, required=True, metavar="DIR", help=help_text("opt.data_ledger")
    )


def _verify(parser: ArgumentParser) -> Callable[[Namespace], facts.Options]:
    parser.add_argument("file", type=values.there, metavar="FILE", help=help_text("opt.ledger_file"))
    for name, shown in (("key", "PUBKEYFILE"), ("anchor", "FILE")):
        parser.add_argument(
            f"--{name}",
            type=values.file,
            action="append",
            default=[],
            metavar=shown,
            help=help_text(f"opt.ledger_{name}"),
        )
    return lambda given: facts.LedgerVerifyOptions(given.file, tuple(given.key), tuple(given.anchor))


def _export(parser: ArgumentParser) -> Callable[[Namespace], facts.Options]:
    _data(parser)
    parser.add_argument(
        "--out", type=values.new_file, required=True, metavar="FILE", help=help_text("opt.ledger_out")
    )
    parser.add_argument("--from", dest="start", default="", metavar="T", help=help_text("opt.from"))
    parser.add_argument("--to", dest="end", default="", metavar="T", help=help_text("opt.to"))
    return lambda given: facts.LedgerExportOptions(given.data, given.out, given.start, given.end)


def _anchor(parser: ArgumentParser) -> Callable[[Namespace], facts.Options]:
    _data(parser)
    parser.add_argument("--out", type=values.new_file, metavar="FILE.tsq", help=help_text("opt.ledger_tsq"))
    parser.add_argument("--post", type=values.witness_url, metavar="URL", help=help_text("opt.ledger_post"))

    def make(given: Namespace) -> facts.Options:
        if given.out is None and not given.post:
            parser.error(help_text("bad.anchor"))
        return facts.LedgerAnchorOptions(given.data, given.out, given.post or "")

    return make


def _rotate(parser: ArgumentParser) -> Callable[[Namespace], facts.Options]:
    _data(parser)
    return lambda given: facts.LedgerRotateOptions(given.data)
