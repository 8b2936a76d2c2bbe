"""Which alarms a list shows and in which order: pure, without Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from console.core.alarm.facts import AlarmFact, AlarmLetter
from console.core.catalogue import AlarmPoint, Catalogue
from console.desk.ranking import Ranking, SortKey


class AlarmList(StrEnum):
    """The separate lists of ALM-67 that follow from the alarm's state."""

    ACTIVE = "active"
    SHELVED = "shelved"
    SUPPRESSED = "suppressed"
    OUT_OF_SERVICE = "out_of_service"


_SUPPRESSED_LISTS = {
    AlarmLetter.G: AlarmList.SHELVED,
    AlarmLetter.H: AlarmList.SUPPRESSED,
    AlarmLetter.I: AlarmList.OUT_OF_SERVICE,
}


def list_of(fact: AlarmFact) -> AlarmList | None:
    """The list an alarm stands in; None when it is normal."""
    letter = fact.state.letter
    return None if letter is AlarmLetter.A else _SUPPRESSED_LISTS.get(letter, AlarmList.ACTIVE)


@dataclass(frozen=True, slots=True)
class AlarmFilter:
    """What to show of one list; an empty set means all."""

    which: AlarmList = AlarmList.ACTIVE
    text: str = ""
    """Words that must all occur in name or id of asset, area or alarm, in either language."""
    areas: frozenset[str] = frozenset()
    priorities: frozenset[int] = frozenset()
    letters: frozenset[AlarmLetter] = frozenset()
    asset: str = ""

    def takes(self, fact: AlarmFact, point: AlarmPoint, haystack: str) -> bool:
        """Whether an alarm of the list passes; `haystack` is its searchable text in lower case."""
        return (
            (not self.priorities or fact.priority in self.priorities)
            and (not self.areas or point.asset.area in self.areas)
            and (not self.letters or fact.state.letter in self.letters)
            and (not self.asset or point.asset.id == self.asset)
            and all(word in haystack for word in self.text.lower().split())
        )


class AlarmColumn(IntEnum):
    """Columns of the alarm table; the heading is `alarm_column.<name>`."""

    PRIORITY = 0
    STATE = 1
    TIME = 2
    ELAPSED = 3
    ASSET = 4
    LABEL = 5
    VALUE = 6
    ACKED_BY = 7
    HINT = 8


@dataclass(frozen=True, slots=True)
class AlarmSort:
    """Order of the rows; without a column it is that of ALM-60: unacked first, then priority, then newest."""

    column: AlarmColumn | None = None
    descending: bool = False


def default_key(fact: AlarmFact) -> SortKey:
    """Unacknowledged first, then priority, then newest (ALM-60)."""
    return fact.state.acked, fact.priority, -fact.at_event


def haystack_of(point: AlarmPoint, catalogue: Catalogue) -> str:
    """What the text filter looks into: both languages and the ids, in lower case."""
    asset = point.asset
    area = catalogue.areas.get(asset.area)
    names = (asset.name, point.alarm.label, *((area.name,) if area else ()))
    words = [word for text in names for word in (text.ko, text.en)]
    return " ".join((*words, asset.id, point.key)).lower()


def key_maker(sort: AlarmSort, catalogue: Catalogue, lang: str) -> Callable[[AlarmFact], SortKey]:
    """The sort key of a fact for this order."""
    alarms = catalogue.alarms

    def by_column(fact: AlarmFact) -> SortKey:
        point = alarms[fact.alarm]
        keys: dict[AlarmColumn, bool | float | str] = {
            AlarmColumn.PRIORITY: fact.priority,
            AlarmColumn.STATE: fact.state.letter.value,
            AlarmColumn.TIME: -fact.at_event,
            AlarmColumn.ELAPSED: -fact.at_event,
            AlarmColumn.ASSET: point.asset.name.of(lang),
            AlarmColumn.LABEL: point.alarm.label.of(lang),
            AlarmColumn.VALUE: fact.value,
            AlarmColumn.ACKED_BY: fact.acked_by,
            AlarmColumn.HINT: point.alarm.action.of(lang),
        }
        return keys[sort.column or AlarmColumn.PRIORITY], *default_key(fact)

    return default_key if sort.column is None else by_column


class AlarmRows:
    """The rows of one list as they should stand now; the model decides when they do."""

    def __init__(self, catalogue: Catalogue, facts: dict[int, AlarmFact], lang: str) -> None:
        self._catalogue = catalogue
        self._facts = facts
        self._haystacks: dict[int, str] = {}
        self.filter = AlarmFilter()
        self.sort = AlarmSort()
        self.lang = lang
        self._ranking = Ranking()
        self._hidden: set[int] = set()

    @property
    def hidden(self) -> int:
        """How many alarms of the list the filter hides (ALM-64)."""
        return len(self._hidden)

    def order(self) -> list[int]:
        """Alarm indices in the order they should stand."""
        order = self._ranking.order()
        return order[::-1] if self.sort.descending else order

    def row(self, alarm: int) -> int | None:
        """Where an alarm should stand, None when it is not shown."""
        return self._turned(self._ranking.place(alarm), len(self._ranking))

    def rebuild(self) -> None:
        """Filter, order or language is another: sort everything anew."""
        self._ranking.clear()
        self._hidden.clear()
        self.update([*self._facts])

    def update(self, alarms: list[int]) -> None:
        """These alarms have new facts."""
        make_key = key_maker(self.sort, self._catalogue, self.lang)
        self._ranking.put_many({alarm: self._key(alarm, make_key) for alarm in alarms})

    def update_one(self, alarm: int) -> tuple[int | None, int | None]:
        """This alarm has a new fact: the row it had, and the row it should have now."""
        make_key = key_maker(self.sort, self._catalogue, self.lang)
        before = len(self._ranking)
        old, new = self._ranking.put(alarm, self._key(alarm, make_key))
        return self._turned(old, before), self._turned(new, len(self._ranking))

    def _turned(self, place: int | None, length: int) -> int | None:
        return length - 1 - place if place is not None and self.sort.descending else place

    def _key(self, alarm: int, make_key: Callable[[AlarmFact], SortKey]) -> SortKey | None:
        fact = self._facts[alarm]
        self._hidden.discard(alarm)
        if list_of(fact) is not self.filter.which:
            return None
        if self._takes(fact):
            return make_key(fact)
        self._hidden.add(alarm)
        return None

    def _takes(self, fact: AlarmFact) -> bool:
        point = self._catalogue.alarms[fact.alarm]
        haystack = ""
        if self.filter.text:
            haystack = self._haystacks.get(fact.alarm, "")
            if not haystack:
                haystack = self._haystacks[fact.alarm] = haystack_of(point, self._catalogue)
        return self.filter.takes(fact, point, haystack)
