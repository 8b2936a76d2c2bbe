"""Adapters that packages bring: which of them this installation does not use, and the command that says so.

The list stands in the data directory of the hub, which reads it when it starts.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

from platformdirs import user_data_path

from console.core.words import parse_words
from console.feeds.registry import OWN, AdapterInfo, Registry
from console.hub.profile import lang_of
from console.setup.arguments import FeedsDisableOptions, FeedsEnableOptions, FeedsListOptions
from resources import read_words_sources

FILE = "adapters.json"
LONGEST = 64 * 1024
Say = Callable[..., str]


def disabled_in(hub: Path) -> frozenset[str]:
    """Names of adapters that are not to be used; `hub` is the hub's folder in the data directory.

    A list that cannot be read disables nothing: a feed that stands still because of it would be the greater harm.
    """
    try:
        tree: object = json.loads((hub / FILE).read_text(encoding="utf-8")[:LONGEST])
    except (OSError, ValueError):
        return frozenset()
    names: object = tree.get("disabled") if isinstance(tree, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return frozenset(str(name) for name in names) if isinstance(names, list) else frozenset()  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]


def disable_in(hub: Path, names: frozenset[str]) -> None:
    """Write the list, whole or not at all. Raises OSError."""
    hub.mkdir(parents=True, exist_ok=True, mode=0o700)
    coming = hub / f"{FILE}.new"
    coming.write_text(json.dumps({"disabled": sorted(names)}, ensure_ascii=False) + "\n", encoding="utf-8")
    os.chmod(coming, 0o600)
    coming.replace(hub / FILE)


def main(options: FeedsListOptions | FeedsDisableOptions | FeedsEnableOptions) -> int:
    """`main.py feeds list`, `feeds disable NAME` and `feeds enable NAME`; 0 if it was done."""
    words, lang = parse_words({"district.toml": read_words_sources()["district.toml"]}), lang_of(os.environ)

    def say(key: str, **fields: object) -> str:
        return words.say(key, lang, **fields)

    hub = (options.data or user_data_path("gwanje", appauthor=False)) / "hub"
    if isinstance(options, FeedsListOptions):
        for info in Registry(disabled_in(hub)).adapters():
            _line(_listed(info, say))
        return 0
    try:
        return _switch(options, hub, say)
    except OSError as error:
        _line(say("district.adapters.not_written", why=error.strerror or error))
        return 1


def _listed(info: AdapterInfo, say: Say) -> str:
    state = say(
        "district.adapters.own"
        if not info.package
        else "district.adapters.on"
        if info.enabled
        else "district.adapters.off"
    )
    return f"{info.name:<16} {info.package or 'gwanje':<32} {state}"


def _switch(options: FeedsDisableOptions | FeedsEnableOptions, hub: Path, say: Say) -> int:
    name, names = options.name, disabled_in(hub)
    if name in OWN:
        _line(say("district.adapters.is_own", name=name))
        return 1
    if isinstance(options, FeedsEnableOptions):
        disable_in(hub, names - {name})
        _line(say("district.adapters.enabled", name=name))
        return 0
    known = [info.name for info in Registry().adapters() if info.package]
    if name not in known:
        _line(say("district.adapters.unknown", name=name, known=", ".join(known) or "-"))
        return 1
    disable_in(hub, names | {name})
    _line(say("district.adapters.disabled", name=name))
    return 0


def _line(text: str) -> None:
    sys.stdout.write("".join(c if c.isprintable() else "\ufffd" for c in text) + "\n")
