"""Items of a handover in words: what it is about, how it stands, and what has changed since the last one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

from console.core.handover.facts import HandoverFact, HandoverItem, ItemKind, Party
from console.desk.catalogues import CatalogueBoard
from console.desk.formats import DASH, SEOUL, stamp, zone
from console.desk.words import Speech

_STATES = {
    ItemKind.STANDING: "log.state",
    ItemKind.SHELVED: "handover.state",
    ItemKind.SUPPRESSED: "handover.state",
    ItemKind.OUT_OF_SERVICE: "handover.state",
    ItemKind.OVERRIDE: "handover.override",
    ItemKind.LOCKOUT: "commands.tag_kind",
    ItemKind.COMMAND: "commands.state",
    ItemKind.RUN: "procedures.run_state",
    ItemKind.FEED: "log.state",
}
_HIDDEN = frozenset({ItemKind.SHELVED, ItemKind.SUPPRESSED, ItemKind.OUT_OF_SERVICE})
_ALARMS = frozenset({ItemKind.STANDING, *_HIDDEN})
MORE = "more"


class HandoverWords:
    """Words of one site in the present language."""

    def __init__(self, catalogue: CatalogueBoard, speech: Speech) -> None:
        self._board = catalogue
        self._speech = speech

    @property
    def zone(self) -> tzinfo:
        """The time zone of the site."""
        catalogue = self._board.catalogue
        return zone(catalogue.site.time_zone) if catalogue is not None else SEOUL

    def subject(self, item: HandoverItem) -> str:
        """What it is about, by its name."""
        if item.what == MORE:
            return self._speech.say("handover.more", n=item.text)
        if item.kind is ItemKind.NOTE:
            return item.by or item.subject
        head, _, rest = item.subject.partition(".")
        label = self._label(head, rest, item.level) if rest else ""
        return f"{self._name(item, head)} · {label}" if label else self._name(item, head)

    def state(self, item: HandoverItem) -> str:
        """How it stands."""
        if item.what == MORE:
            return ""
        if item.kind is ItemKind.NOTE:
            return item.text
        code = item.kind.value if item.kind in _HIDDEN else item.what
        key = f"{_STATES[item.kind]}.{code}"
        said = self._speech.say(key) if self._speech.knows(key) else code
        return " · ".join(part for part in (said, self._detail(item)) if part)

    def why(self, item: HandoverItem) -> str:
        """The reason that somebody gave, and who; empty where there is none."""
        if item.kind in (ItemKind.NOTE, ItemKind.RUN, ItemKind.FEED, ItemKind.COMMAND) or item.what == MORE:
            return item.by if item.kind in (ItemKind.RUN, ItemKind.COMMAND) else ""
        by = "" if item.kind is ItemKind.SUPPRESSED else item.by
        return " · ".join(part for part in (item.text, by) if part)

    def change(self, item: HandoverItem) -> str:
        """What became of it since the last handover."""
        return self._speech.say(f"handover.change.{item.change.value}")

    def kind(self, kind: ItemKind) -> str:
        """The group of an item."""
        return self._speech.say(f"handover.kind.{kind.value}")

    def areas(self, fact: HandoverFact) -> str:
        """The areas of a handover by name."""
        return self.area_names(fact.areas)

    def area_names(self, areas: Sequence[str]) -> str:
        """Areas by name; all of them by their number."""
        catalogue = self._board.catalogue
        known = catalogue.areas if catalogue is not None else {}
        names = [self._speech.of(known[area].name) if area in known else area for area in areas]
        if len(known) > 2 and len(names) == len(known):
            return self._speech.say("handover.all_areas", n=len(names))
        return ", ".join(names)

    def party(self, party: Party | None) -> str:
        """One who signs, by name; with the account where the name is another."""
        if party is None:
            return DASH
        if party.passwordless or not party.name or party.name == party.who:
            return party.name or party.who
        return f"{party.name} ({party.who})"

    def at(self, time_ns: int, now_ns: int) -> str:
        """A time, short."""
        return stamp(time_ns, now_ns, self.zone)

    def _detail(self, item: HandoverItem) -> str:
        if item.kind in _ALARMS and 1 <= item.priority <= 4:
            return self._speech.say("handover.priority", n=item.priority)
        if item.kind is ItemKind.RUN:
            return self._speech.say("handover.step", step=item.text)
        if item.kind is ItemKind.FEED:
            key = f"feeds.why.{item.text}"
            return self._speech.say(key) if item.text and self._speech.knows(key) else ""
        return ""

    def _name(self, item: HandoverItem, head: str) -> str:
        catalogue = self._board.catalogue
        if catalogue is None:
            return head
        if item.kind is ItemKind.RUN:
            named = {procedure.id: procedure.label for procedure in catalogue.site.procedures}
        else:
            named = {area.id: area.name for area in catalogue.site.areas}
        text = named.get(head)
        asset = catalogue.assets.get(head)
        if asset is not None:
            text = asset.name
        name = self._speech.of(text) if text is not None else head
        command = (
            catalogue.command(head, item.text.partition(" ")[0]) if item.kind is ItemKind.COMMAND else None
        )
        return name if command is None else f"{name} · {self._speech.of(command.label)}"

    def _label(self, asset: str, name: str, level: int) -> str:
        catalogue = self._board.catalogue
        known = catalogue.assets.get(asset) if catalogue is not None else None
        if catalogue is None or known is None:
            return name
        kind = catalogue.types[known.type]
        alarm = next((one for one in kind.alarms if one.name == name), None)
        if alarm is not None:
            beyond = 0 < level <= len(alarm.levels)
            return self._speech.of(alarm.levels[level - 1].label if beyond else alarm.label)
        found = next((one.label for one in kind.tags if one.name == name), None)
        return self._speech.of(found) if found is not None else name
