"""One table of a TOML document with the place it stands at, and the reading of frozen structs from it."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeVar, cast

import msgspec

from console.core.plaintext import first_forbidden
from console.core.profile.faults import Faults, ProfileFault
from console.core.profile.lines import Lines, Path
from console.core.words import Text

T = TypeVar("T", bound=msgspec.Struct)

ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]*")
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")

_EXPECTED = re.compile(r"Expected `(.+?)`, got `(.+?)`")
_EMPTY: Mapping[str, object] = {}


class Entry:
    """A table of `file`; faults found in it carry the line of the field they are about."""

    def __init__(
        self, file: str, lines: Lines, table: Mapping[str, object], faults: Faults, path: Path = ()
    ) -> None:
        self.file = file
        self.table = table
        self._lines = lines
        self._faults = faults
        self._path = path

    @property
    def label(self) -> str:
        """What the entry calls itself, for messages."""
        return str(self.table.get("name" if isinstance(self.table.get("name"), str) else "id", ""))[:60]

    def fault(self, reason: ProfileFault, field: str = "", **fields: str) -> None:
        """Reports a fault of `field`, or of the entry as a whole."""
        line = self._lines.of((*self._path, field)) if field else self._lines.of(self._path)
        self._faults.add(self.file, line or 1, reason, field=field, **fields)

    def child(self, name: str) -> Entry:
        """A table within this one; an empty one if it is not there or is no table."""
        node = self.table.get(name, _EMPTY)
        if not isinstance(node, Mapping):
            self.fault(ProfileFault.WRONG_TYPE, name, expected="table", found=type(node).__name__)
            node = _EMPTY
        return self._inner(cast("Mapping[str, object]", node), (name,))

    def entries(self, name: str) -> list[Entry]:
        """The tables of an array of tables; empty if there is none."""
        found = self.table.get(name)
        if found is None:
            return []
        nodes = cast("list[object]", found) if isinstance(found, list) else []
        if not nodes or not all(isinstance(node, Mapping) for node in nodes):
            self.fault(
                ProfileFault.WRONG_TYPE, name, expected="array of tables", found=_shape(self.table[name])
            )
            return []
        tables = cast("list[Mapping[str, object]]", nodes)
        return [self._inner(table, (name, index)) for index, table in enumerate(tables)]

    def names(self, array: str, key: str = "name") -> set[str]:
        """Names that the entries of an array give themselves, faulty entries included."""
        return {str(entry.table.get(key)) for entry in self.entries(array)}

    def unknown(self, known: Collection[str]) -> None:
        """Reports every key that is not in `known`."""
        for key in self.table:
            if key not in known:
                self.fault(ProfileFault.UNKNOWN_FIELD, key, known=", ".join(sorted(known)))

    def read(
        self, kind: type[T], given: Mapping[str, object] | None = None, apart: Collection[str] = ()
    ) -> T | None:
        """A struct of this table, None if anything in it is at fault (all of it is reported).

        `given` are fields made elsewhere; `apart` are further keys of the table that are read elsewhere.
        """
        values: dict[str, object] = dict(given or {})
        fields = {f.encode_name: f for f in msgspec.structs.fields(kind) if f.name not in values}
        self.unknown({*fields, *apart})
        whole = not (set(self.table) - {*fields, *apart})
        for name, field in fields.items():
            if name not in self.table:
                if field.required:
                    self.fault(ProfileFault.MISSING, name, entry=self.label)
                    whole = False
                continue
            value = self.value(name, field.type)
            whole = whole and value is not None
            values[field.name] = value
        return kind(**values) if whole else None

    def value(self, name: str, kind: Any) -> Any:
        """The value at `name` as `kind`, None if it is at fault."""
        raw = self.table[name]
        if kind is Text:
            return self.text(name)
        try:
            value = msgspec.convert(raw, kind)
        except msgspec.ValidationError as error:
            self._mismatch(name, raw, kind, str(error))
            return None
        return value if self._plain(name, value) else None

    def text(self, name: str) -> Text | None:
        """A text in both languages; None if it is at fault. Empty texts are judged by the caller."""
        raw = self.table[name]
        if not isinstance(raw, Mapping):
            self.fault(ProfileFault.WRONG_TYPE, name, expected="{ ko, en }", found=type(raw).__name__)
            return None
        pair = cast("Mapping[str, object]", raw)
        if set(pair) != {"ko", "en"} or not all(isinstance(v, str) for v in pair.values()):
            self.fault(ProfileFault.WRONG_TYPE, name, expected="{ ko, en }", found=str(dict(pair))[:60])
            return None
        text = Text(str(pair["ko"]), str(pair["en"]))
        return text if self._plain(name, text.ko) and self._plain(name, text.en) else None

    def required_text(self, name: str, text: Text | None) -> None:
        """Reports a text that is empty in one of the languages."""
        if text is not None and not (text.ko.strip() and text.en.strip()):
            self.fault(ProfileFault.EMPTY_TEXT, name, entry=self.label)

    def named(self, value: str, field: str, pattern: re.Pattern[str] = NAME) -> None:
        """Reports an identifier that is not made of the allowed characters."""
        if not pattern.fullmatch(value):
            self.fault(ProfileFault.BAD_ID, field, found=value[:60])

    def ascending(self, low: float, high: float) -> None:
        """Reports a range whose lower end is not below its upper end."""
        if low >= high:
            self.fault(ProfileFault.RANGE_UPSIDE_DOWN, "low", found=f"{low:g}–{high:g}")

    def positive(self, field: str, value: float) -> None:
        """Reports a number that is not above 0."""
        if value <= 0:
            self.fault(ProfileFault.OUT_OF_RANGE, field, found=f"{value:g}", known="> 0")

    def within(self, field: str, value: float, low: float, high: float) -> None:
        """Reports a number outside [low, high]."""
        if not low <= value <= high:
            self.fault(ProfileFault.OUT_OF_RANGE, field, found=f"{value:g}", known=f"{low:g}–{high:g}")

    def _inner(self, table: Mapping[str, object], path: Path) -> Entry:
        return Entry(self.file, self._lines, table, self._faults, (*self._path, *path))

    def _plain(self, name: str, value: object) -> bool:
        for part in _leaves(value):
            if isinstance(part, float) and not math.isfinite(part):
                self.fault(ProfileFault.NOT_FINITE, name)
                return False
            character = first_forbidden(part) if isinstance(part, str) else ""
            if character:
                self.fault(ProfileFault.BAD_CHARACTER, name, character=character)
                return False
        return True

    def _mismatch(self, name: str, raw: object, kind: Any, words: str) -> None:
        if words.startswith("Invalid enum value"):
            allowed = ", ".join(str(member.value) for member in kind)
            self.fault(ProfileFault.UNKNOWN_WORD, name, found=str(raw)[:60], known=allowed)
            return
        shape = _EXPECTED.search(words)
        expected, found = (shape[1], shape[2]) if shape else (words, type(raw).__name__)
        self.fault(ProfileFault.WRONG_TYPE, name, expected=expected, found=found)


def unique(entries: Sequence[Entry], key: str) -> None:
    """Reports every entry whose `key` another one before it has."""
    seen: set[object] = set()
    for entry in entries:
        value = entry.table.get(key)
        if isinstance(value, str):
            if value in seen:
                entry.fault(ProfileFault.TWICE, key, found=value)
            seen.add(value)


def _shape(value: object) -> str:
    return type(value).__name__


def _leaves(value: object) -> list[object]:
    """The simple values within `value`, keys included."""
    if isinstance(value, Mapping):
        pairs = cast("Mapping[object, object]", value).items()
        return [leaf for pair in pairs for part in pair for leaf in _leaves(part)]
    if isinstance(value, (list, tuple)):
        return [leaf for part in cast("list[object]", value) for leaf in _leaves(part)]
    if isinstance(value, Text):
        return [value.ko, value.en]
    return [value]
