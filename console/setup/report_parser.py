"""The command lines of `main.py export` and `main.py verify`."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable

from console.setup import arguments as facts
from console.setup import values
from console.setup.help_words import help_text

KINDS = (
    "shift",
    "day",
    "incident",
    "alarm_performance",
    "command_log",
    "feed_quality",
    "asset",
    "energy",
    "oee",
    "turnaround",
)


def export(parser: ArgumentParser) -> Callable[[Namespace], facts.ExportOptions]:
    """Options of an export."""
    parser.add_argument("kind", choices=KINDS, help=help_text("opt.report_kind"))
    parser.add_argument(
        "--data", type=values.folder, required=True, metavar="DIR", help=help_text("opt.data_ledger")
    )
    parser.add_argument("--site", type=values.folder, metavar="DIR", help=help_text("opt.report_site"))
    parser.add_argument("--from", dest="start", required=True, metavar="T", help=help_text("opt.report_from"))
    parser.add_argument("--to", dest="end", required=True, metavar="T", help=help_text("opt.to"))
    parser.add_argument("--about", default="", metavar="ASSET[.ALARM]", help=help_text("opt.report_about"))
    parser.add_argument(
        "--lang", choices=("ko", "en", "both"), default="ko", help=help_text("opt.report_lang")
    )
    parser.add_argument(
        "--format", dest="formats", default="pdf,xlsx", metavar="F,F", help=help_text("opt.report_format")
    )
    parser.add_argument(
        "--out", type=values.new_folder, default=".", metavar="DIR", help=help_text("opt.report_out")
    )
    parser.add_argument("--progress", action="store_true", help=help_text("opt.report_progress"))
    return lambda given: facts.ExportOptions(**vars(given))


def verify(parser: ArgumentParser) -> Callable[[Namespace], facts.VerifyOptions]:
    """Options of a verification."""
    parser.add_argument("file", type=values.file, metavar="FILE", help=help_text("opt.report_file"))
    parser.add_argument(
        "--key",
        type=values.file,
        action="append",
        default=[],
        metavar="PUBKEYFILE",
        help=help_text("opt.report_key"),
    )
    return lambda given: facts.VerifyOptions(given.file, tuple(given.key))
