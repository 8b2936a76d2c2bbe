"""The command line of `main.py hub enrol`, `revoke`, `seats` and `rotate`: seats of a site and their certificates."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable

from console.setup import arguments as facts
from console.setup import values
from console.setup.help_words import help_text

Make = Callable[[Namespace], facts.Options]


def _data(parser: ArgumentParser, kind: Callable[[str], object] = values.folder) -> None:
    parser.add_argument("--data", type=kind, required=True, metavar="DIR", help=help_text("opt.data"))


def _seat(parser: ArgumentParser) -> None:
    parser.add_argument("--seat", type=values.name, required=True, metavar="NAME", help=help_text("opt.seat"))


def enrol(parser: ArgumentParser) -> Make:
    """Enrol a seat."""
    _data(parser, values.new_folder)
    _seat(parser)
    parser.add_argument(
        "--out", type=values.new_file, required=True, metavar="FILE", help=help_text("opt.enrolment")
    )
    parser.add_argument(
        "--host", action="append", default=[], metavar="HOST", help=help_text("opt.enrol_host")
    )
    parser.add_argument(
        "--port", type=values.port, default=0, metavar="PORT", help=help_text("opt.enrol_port")
    )

    def make(given: Namespace) -> facts.Options:
        return facts.SeatEnrolOptions(given.data, given.seat, given.out, tuple(given.host), given.port)

    return make


def revoke(parser: ArgumentParser) -> Make:
    """Revoke a seat."""
    _data(parser)
    _seat(parser)
    return lambda given: facts.SeatRevokeOptions(**vars(given))


def seats(parser: ArgumentParser) -> Make:
    """List seats."""
    _data(parser)
    return lambda given: facts.SeatListOptions(**vars(given))


def rotate(parser: ArgumentParser) -> Make:
    """Change the authority."""
    _data(parser)
    parser.add_argument("--drop-older", action="store_true", help=help_text("opt.drop_older"))
    return lambda given: facts.SeatRotateOptions(**vars(given))


HUB_COMMANDS: dict[str, Callable[[ArgumentParser], Make]] = {
    "enrol": enrol,
    "revoke": revoke,
    "seats": seats,
    "rotate": rotate,
}
