"""Present facts of all alarms, and what is counted and found in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal

from console.client.mirror import Mirror
from console.core.alarm.facts import AlarmFact, AlarmLetter
from console.core.site import Asset
from console.desk.ranking import Ranking


class AlarmCounts(NamedTuple):
    """How many alarms: listed ones by priority, unacknowledged ones, and suppressed ones by kind."""

    p1: int = 0
    p2: int = 0
    p3: int = 0
    p4: int = 0
    unacked: int = 0
    shelved: int = 0
    suppressed: int = 0
    out_of_service: int = 0

    @property
    def listed(self) -> int:
        """All listed alarms."""
        return self.p1 + self.p2 + self.p3 + self.p4


def rank(fact: AlarmFact) -> tuple[bool, int, int]:
    """Order of the list: unacknowledged first, then priority, then newest (ALM-60)."""
    return fact.state.acked, fact.priority, -fact.at_event


class _Roll:
    """Listed alarms of an asset or an area, counted by (acked, priority): a look costs nothing that grows with them."""

    __slots__ = ("_by", "listed")

    def __init__(self) -> None:
        self.listed = 0
        self._by: dict[tuple[bool, int], int] = {}

    def add(self, rank: tuple[bool, int], step: int) -> None:
        """One more (1) or one less (-1)."""
        self.listed += step
        count = self._by.get(rank, 0) + step
        if count:
            self._by[rank] = count
        else:
            self._by.pop(rank, None)

    def worst(self) -> tuple[int | None, bool]:
        """Priority to roll up, and whether it is unacked: any unacked outranks any acked (ALM-28)."""
        if not self._by:
            return None, False
        acked, priority = min(self._by)
        return priority, not acked


_QUIET = _Roll()


class AlarmBoard(QObject):
    """Facts by alarm index; counts and order are kept while alarms change, and not made anew for each look."""

    alarms_changed = Signal(object)
    """Tuple of the changed facts; new occurrences at once, the rest at most 10 times a second."""

    def __init__(self, mirror: Mirror, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mirror = mirror
        self._of_asset: dict[str, dict[int, AlarmFact]] = {}
        self._ranking = Ranking()
        self._kinds: dict[int, _Kind] = {}
        self._tally: Counter[_Kind] = Counter()
        self._ranks: dict[int, tuple[bool, int]] = {}
        self._assets: dict[str, _Roll] = {}
        self._areas: dict[str, _Roll] = {}

    @property
    def facts(self) -> dict[int, AlarmFact]:
        """Every alarm the hub has told of. Look, do not write."""
        return self._mirror.alarms

    def listed(self) -> list[AlarmFact]:
        """Alarms of the active list (B to F), unacknowledged first, then priority, then newest."""
        return [self.facts[alarm] for alarm in self._ranking.order()]

    def counts(self) -> AlarmCounts:
        """Counts for the banner and the status bar."""
        by = self._tally
        listed = [by[_Kind(p, unacked=True)] + by[_Kind(p, unacked=False)] for p in range(1, 5)]
        unacked = sum(by[_Kind(p, unacked=True)] for p in range(1, 5))
        shelved, suppressed, out = (by[_Kind(0, letter)] for letter in _SUPPRESSED)
        return AlarmCounts(listed[0], listed[1], listed[2], listed[3], unacked, shelved, suppressed, out)

    def worst_newest(self) -> AlarmFact | None:
        """The alarm to look at first, None in a quiet city."""
        first = self._ranking.first()
        return None if first is None else self.facts[first]

    def of_asset(self, asset: str) -> list[AlarmFact]:
        """Alarms of one asset that are not normal, worst first."""
        return sorted(self._of_asset.get(asset, {}).values(), key=lambda f: (not f.state.listed, rank(f)))

    def asset_priority(self, asset: str) -> tuple[int | None, bool]:
        """Worst listed priority of an asset and whether it is unacknowledged; None without an alarm."""
        return self._assets.get(asset, _QUIET).worst()

    def asset_count(self, asset: str) -> int:
        """Listed alarms of an asset."""
        return self._assets.get(asset, _QUIET).listed

    def area_priority(self, area: str) -> tuple[int | None, bool]:
        """Worst listed priority of all assets of an area and whether it is unacknowledged."""
        return self._areas.get(area, _QUIET).worst()

    def push(self, facts: Sequence[AlarmFact]) -> None:
        """Take facts and tell of them at once."""
        for fact in facts:
            self._mirror.alarms[fact.alarm] = fact
        self.tell(facts)

    def tell(self, facts: Sequence[AlarmFact]) -> None:
        """Announce facts that are in the mirror already; those of unknown alarms are left out."""
        catalogue = self._mirror.catalogue
        if catalogue is None:
            return
        known = tuple(fact for fact in facts if 0 <= fact.alarm < len(catalogue.alarms))
        for fact in known:
            asset = catalogue.alarms[fact.alarm].asset
            of_asset = self._of_asset.setdefault(asset.id, {})
            self._roll_up(fact, asset)
            kind = self._kind(fact)
            if kind is None:
                of_asset.pop(fact.alarm, None)
            else:
                of_asset[fact.alarm] = fact
        self._ranking.put_many({fact.alarm: rank(fact) if fact.state.listed else None for fact in known})
        if known:
            self.alarms_changed.emit(known)

    def forget(self) -> None:
        """A new catalogue: the numbers of old alarms mean nothing any more."""
        self._of_asset.clear()
        self._ranking.clear()
        self._kinds.clear()
        self._tally.clear()
        self._ranks.clear()
        self._assets.clear()
        self._areas.clear()
        self.alarms_changed.emit(())

    def _roll_up(self, fact: AlarmFact, asset: Asset) -> None:
        before = self._ranks.pop(fact.alarm, None)
        now = (fact.state.acked, fact.priority) if fact.state.listed else None
        if now is not None:
            self._ranks[fact.alarm] = now
        if now == before:
            return
        for roll in (
            self._assets.setdefault(asset.id, _Roll()),
            self._areas.setdefault(asset.area, _Roll()),
        ):
            if before is not None:
                roll.add(before, -1)
            if now is not None:
                roll.add(now, 1)

    def _kind(self, fact: AlarmFact) -> _Kind | None:
        """What the alarm counts as from now on."""
        before = self._kinds.pop(fact.alarm, None)
        if before is not None:
            self._tally[before] -= 1
        kind = _kind_of(fact)
        if kind is not None:
            self._kinds[fact.alarm] = kind
            self._tally[kind] += 1
        return kind


class _Kind(NamedTuple):
    """What an alarm counts as: a listed one by priority, or a suppressed one by letter."""

    priority: int
    letter: AlarmLetter | None = None
    unacked: bool = False


_SUPPRESSED = (AlarmLetter.G, AlarmLetter.H, AlarmLetter.I)


def _kind_of(fact: AlarmFact) -> _Kind | None:
    letter = fact.state.letter
    if letter is AlarmLetter.A:
        return None
    if letter in _SUPPRESSED:
        return _Kind(0, letter)
    return _Kind(min(max(fact.priority, 1), 4), unacked=not fact.state.acked)
