"""Names as a broker writes them (short, or full URIs) and as the profile does; pure.

A broker shortens names by the context it was asked with, or not at all (ETSI GS CIM 009 clause 5.5.7). The profile
may use either form: a full name of the profile is also found under its last part.
"""

from __future__ import annotations

from collections.abc import Iterable

URN = "urn:ngsi-ld:"


def short_name(name: str) -> str:
    """Last segment of a full-URI name; a name that is no URI stays as it is."""
    if "/" not in name and "#" not in name:
        return name
    return name.rstrip("/#").replace("#", "/").rsplit("/", 1)[-1]


def type_of(entity: str) -> str:
    """The type in `urn:ngsi-ld:<Type>:<name>` (annex A); empty for an id of another form."""
    kind, _, own = entity.removeprefix(URN).partition(":")
    return kind if entity.startswith(URN) and own else ""


class Names:
    """Names of attributes that the profile maps."""

    def __init__(self, mapped: Iterable[str] = ()) -> None:
        known = frozenset(mapped)
        self._full = frozenset(name for name in known if short_name(name) != name)
        by_short: dict[str, list[str]] = {}
        for name in self._full:
            by_short.setdefault(short_name(name), []).append(name)
        # A last part that two full names share, or that is mapped itself, stands for neither of them.
        self._by_short = {
            short: names[0] for short, names in by_short.items() if len(names) == 1 and short not in known
        }

    def __call__(self, name: str) -> str:
        """The name as the profile knows it."""
        if name in self._full:
            return name
        short = short_name(name)
        return self._by_short.get(short, short) if self._by_short else short
