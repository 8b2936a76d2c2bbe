"""The command line of `main.py feeds`: discover, record, adopt, list, disable and enable."""

from __future__ import annotations

from argparse import SUPPRESS, ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable
from typing import TYPE_CHECKING

from console.setup import arguments as facts
from console.setup import values
from console.setup.help_words import help_text

if TYPE_CHECKING:
    from argparse import _SubParsersAction  # pyright: ignore[reportPrivateUsage]

    Actions = _SubParsersAction[ArgumentParser]


def feeds(parser: ArgumentParser) -> Callable[[Namespace], facts.Options]:
    """Options of one of the commands."""
    actions = parser.add_subparsers(
        metavar="discover | record | adopt | list | disable | enable", required=True, dest="action"
    )
    makers = {"discover": _discover, "record": _record}
    made = {name: maker(_source(_sub(actions, name))) for name, maker in makers.items()}
    made["adopt"] = _adopt(_sub(actions, "adopt"))
    made["list"] = _list(_sub(actions, "list"))
    for name, kind in (("disable", facts.FeedsDisableOptions), ("enable", facts.FeedsEnableOptions)):
        made[name] = _switch(_sub(actions, name), kind)
    return lambda given: made[given.action](given)


def _sub(actions: Actions, name: str) -> ArgumentParser:
    about = help_text(f"feeds.{name}")
    parser = actions.add_parser(name, help=about, description=about, allow_abbrev=False, add_help=False)
    parser.add_argument("-h", "--help", action="help", default=SUPPRESS, help=help_text("opt.help"))
    return parser


def _source(parser: ArgumentParser) -> ArgumentParser:
    """Options of what listens to a source."""
    parser.add_argument("url", type=values.feed_url, metavar="URL", help=help_text("opt.feed_url"))
    parser.add_argument("--adapter", default="", metavar="NAME", help=help_text("opt.feed_adapter"))
    parser.add_argument(
        "--option",
        type=_option,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help=help_text("opt.feed_option"),
    )
    return parser


def _discover(parser: ArgumentParser) -> Callable[[Namespace], facts.Options]:
    parser.add_argument(
        "--out", type=values.new_folder, required=True, metavar="DIR", help=help_text("opt.feeds_out")
    )
    parser.add_argument(
        "--seconds", type=values.seconds, default=30.0, metavar="S", help=help_text("opt.feed_seconds")
    )
    return lambda given: facts.FeedsDiscoverOptions(
        given.url, given.out, given.adapter, given.seconds, dict(given.option)
    )


def _adopt(parser: ArgumentParser) -> Callable[[Namespace], facts.Options]:
    parser.add_argument("directory", type=values.folder, metavar="DIR", help=help_text("opt.site_dir"))
    parser.add_argument(
        "--data", type=values.folder, required=True, metavar="DIR", help=help_text("opt.adopt_data")
    )
    parser.add_argument(
        "--out", type=values.new_folder, required=True, metavar="DIR", help=help_text("opt.adopt_out")
    )
    parser.add_argument("--feed", default="", metavar="ID", help=help_text("opt.adopt_feed"))
    parser.add_argument("--area", default="", metavar="ID", help=help_text("opt.adopt_area"))
    return lambda given: facts.FeedsAdoptOptions(
        given.directory, given.data, given.out, given.feed, given.area
    )


def _record(parser: ArgumentParser) -> Callable[[Namespace], facts.Options]:
    parser.add_argument("file", type=values.new_file, metavar="FILE", help=help_text("opt.feeds_file"))
    parser.add_argument(
        "--seconds", type=values.seconds, default=0.0, metavar="S", help=help_text("opt.record_seconds")
    )
    return lambda given: facts.FeedsRecordOptions(
        given.url, given.file, given.adapter, given.seconds, dict(given.option)
    )


def _data(parser: ArgumentParser) -> None:
    parser.add_argument("--data", type=values.new_folder, metavar="DIR", help=help_text("opt.adapters_data"))


def _list(parser: ArgumentParser) -> Callable[[Namespace], facts.Options]:
    _data(parser)
    return lambda given: facts.FeedsListOptions(given.data)


def _switch(
    parser: ArgumentParser, kind: type[facts.FeedsDisableOptions] | type[facts.FeedsEnableOptions]
) -> Callable[[Namespace], facts.Options]:
    parser.add_argument("name", metavar="NAME", help=help_text("opt.adapter_name"))
    _data(parser)
    return lambda given: kind(given.name, given.data)


def _option(text: str) -> tuple[str, str | float | bool]:
    """`NAME=VALUE`, where true, false and numbers are what they look like."""
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise ArgumentTypeError(help_text("bad.option", text=text))
    if value in ("true", "false"):
        return name.strip(), value == "true"
    try:
        return name.strip(), float(value)
    except ValueError:
        return name.strip(), value
