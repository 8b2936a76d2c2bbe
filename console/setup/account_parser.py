"""The command line of `main.py hub account`: add, list, remove, password, disable, enable; never a password."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable

from console.setup import arguments as facts
from console.setup import values
from console.setup.help_words import help_text

Make = Callable[[Namespace], facts.Options]

_ACTIONS = ("add", "list", "remove", "password", "disable", "enable")


def account(parser: ArgumentParser) -> Make:
    """Accounts of a hub that is not running."""
    actions = parser.add_subparsers(metavar="ACTION", required=True, dest="action")
    for name in _ACTIONS:
        words = help_text(f"account.{name}")
        action = actions.add_parser(name, help=words, description=words)
        if name != "list":
            action.add_argument("user", metavar="USER", help=help_text("opt.user"))
        if name == "add":
            action.add_argument("--name", required=True, metavar="NAME", help=help_text("opt.person_name"))
            action.add_argument("--person", default="", metavar="ID", help=help_text("opt.person"))
            action.add_argument(
                "--role",
                dest="roles",
                action="append",
                required=True,
                metavar="ROLE[:AREA+AREA][:CLASS]",
                help=help_text("opt.role"),
            )
        if name in ("add", "password"):
            action.add_argument("--stdin", action="store_true", help=help_text("opt.stdin"))
        action.add_argument(
            "--data", type=values.new_folder, required=True, metavar="DIR", help=help_text("opt.data")
        )

    def make(given: Namespace) -> facts.Options:
        options = vars(given)
        options["roles"] = tuple(options.pop("roles", ()))
        return facts.AccountOptions(**options)

    return make
