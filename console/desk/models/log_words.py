"""A record of the journal in words: who, where and what, never an id where there is a name for it."""

from __future__ import annotations

from datetime import tzinfo

from console.core.catalogue import Catalogue
from console.core.journal import Record, RecordKind
from console.core.words import Text
from console.desk.catalogues import CatalogueBoard
from console.desk.formats import SEOUL, full_stamp, zone
from console.desk.words import Speech

_TIMES = frozenset({"until", "since", "annunciated", "expires"})
_LEAST_NS = 10**18
"""2001; a smaller number is no time in UTC ns."""


class LogWords:
    """Words of one site in the present language."""

    def __init__(self, catalogue: CatalogueBoard, speech: Speech) -> None:
        self._board = catalogue
        self._speech = speech
        self._names: dict[str, Text] = {}
        self._of: Catalogue | None = None

    @property
    def zone(self) -> tzinfo:
        """The time zone of the site."""
        catalogue = self._board.catalogue
        return zone(catalogue.site.time_zone) if catalogue is not None else SEOUL

    def who(self, record: Record) -> str:
        """The person, or the part of the program by its name."""
        part = record.who.removeprefix("system:")
        if part == record.who:
            account = part.removeprefix("os:")
            return part if account == part else self._speech.say("log.os_account", name=account)
        return self._first(part, "log.who", "alarm_who")

    def where(self, record: Record) -> str:
        """Asset with its alarm or command, area or feed."""
        subject = record.subject
        if record.kind is RecordKind.HANDOVER and record.fields.get("areas"):
            return ", ".join(self._name(area) or area for area in record.fields["areas"].split())
        if record.kind is RecordKind.HANDOVER and record.fields.get("subject"):
            # An item: what it is about, not the handover's id.
            subject = record.fields["subject"]
        asset, _, rest = subject.partition(".")
        name = self._name(asset)
        if name is None:
            return (
                self._first(subject, "log.who") if subject in ("hub", "ledger", "flood", "sound") else subject
            )
        label = self._name(subject) if rest else None
        return f"{name} · {label or rest}" if rest else name

    def what(self, record: Record) -> str:
        """The act or event."""
        return self._first(record.what, "log.what", "commands.state")

    def kind(self, record: Record) -> str:
        """What kind of record it is."""
        return self._first(record.kind.value, "log.kind")

    def state(self, text: str, kind: RecordKind) -> str:
        """A state before or after."""
        tables = ("log.state", "commands.state")
        if kind is RecordKind.HANDOVER:
            tables = ("handover.state_of", "handover.change")
        return self._first(text, *tables) if text else ""

    def result(self, record: Record) -> str:
        """Empty when it was done, else why not."""
        if not record.result:
            return ""
        reason = self._speech.reason(record.result)
        if record.kind is RecordKind.ACT:
            return self._speech.say("log.refused", reason=reason)
        return reason

    def field(self, name: str) -> str:
        """Name of a field."""
        return self._first(name, "log.field")

    def value(self, name: str, text: str) -> str:
        """What a field holds: times as times, reasons and people in words."""
        timed = name in _TIMES or name.endswith("_at")
        if timed and text.isascii() and text.isdigit() and int(text[:20]) > _LEAST_NS:
            return full_stamp(int(text[:20]), self.zone)
        if name in ("rtn_cause", "effects", "what"):
            return ", ".join(self._first(part, "log.what", "log.cause") for part in text.split(","))
        return text

    def _first(self, code: str, *tables: str) -> str:
        """The first text there is for a code; the code itself where there is none."""
        for table in tables:
            key = f"{table}.{code}"
            if self._speech.knows(key):
                return self._speech.say(key)
        return code

    def _name(self, subject: str) -> str | None:
        catalogue = self._board.catalogue
        if catalogue is not self._of:
            self._of = catalogue
            self._names = _names(catalogue) if catalogue is not None else {}
        name = self._names.get(subject)
        return self._speech.of(name) if name is not None else None


def _names(catalogue: Catalogue) -> dict[str, Text]:
    site = catalogue.site
    names = {feed.id: feed.label for feed in site.feeds}
    names |= {area.id: area.name for area in site.areas}
    names |= {procedure.id: procedure.label for procedure in site.procedures}
    for asset in site.assets:
        names[asset.id] = asset.name
        kind = catalogue.types[asset.type]
        names |= {f"{asset.id}.{alarm.name}": alarm.label for alarm in kind.alarms}
        names |= {f"{asset.id}.{command.name}": command.label for command in kind.commands}
    return names
