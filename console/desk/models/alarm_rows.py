"""Which alarms a list shows and in which order: pure, without Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import NamedTuple, Protocol

from console.core.alarm.facts import AlarmFact, AlarmLetter
from console.core.catalogue import AlarmPoint, Catalogue
from console.core.site import AlarmDef
from console.core.words import Text
from console.desk.models.alarm_groups import CauseGroups
from console.desk.ranking import Ranking, SortKey


class AlarmList(StrEnum):
    """The separate lists of ALM-67."""

    ACTIVE = "active"
    SHELVED = "shelved"
    SUPPRESSED = "suppressed"
    OUT_OF_SERVICE = "out_of_service"
    STALE = "stale"
    """Annunciated for more than a day, or of a point without data."""
    CHATTERING = "chattering"
    """Comes again and again, whatever its state is now."""
    HISTORY = "history"
    """Occurrences that were; no alarm stands in it."""


WATCHED = frozenset({AlarmList.STALE, AlarmList.CHATTERING})
"""Lists that do not follow from the state alone."""


_SUPPRESSED_LISTS = {
    AlarmLetter.G: AlarmList.SHELVED,
    AlarmLetter.H: AlarmList.SUPPRESSED,
    AlarmLetter.I: AlarmList.OUT_OF_SERVICE,
}


def list_of(fact: AlarmFact) -> AlarmList | None:
    """The list an alarm stands in by its state; None when it is normal."""
    letter = fact.state.letter
    return None if letter is AlarmLetter.A else _SUPPRESSED_LISTS.get(letter, AlarmList.ACTIVE)


class Watched(Protocol):
    """Sets of alarm indices that only time and repetition tell."""

    stale: set[int]
    chattering: set[int]


def stands_in(fact: AlarmFact, which: AlarmList, watched: Watched) -> bool:
    """Whether an alarm belongs to a list."""
    if which is AlarmList.STALE:
        return fact.alarm in watched.stale
    if which is AlarmList.CHATTERING:
        return fact.alarm in watched.chattering
    return list_of(fact) is which


def breaks_through(fact: AlarmFact) -> bool:
    """Whether no filter may hide it: critical, listed and unacknowledged (ALM-64)."""
    return fact.priority == 1 and fact.state.listed and not fact.state.acked


def label_of(fact: AlarmFact, alarm: AlarmDef) -> Text:
    """Name of the level an alarm has reached."""
    return alarm.levels[fact.level - 1].label if 0 < fact.level <= len(alarm.levels) else alarm.label


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
    causes_only: bool = False
    """Alarms that another one of the list has caused stand below it, once it is opened; critical ones always stay."""

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
    AREA = 9
    TAG = 10
    """`asset.alarm`."""
    TYPE = 11
    """Kind of condition."""
    MARK = 12
    """First of its group, how often repeated, what caused it."""
    BY = 13
    """Who or which rule hides it."""
    WHY = 14
    SINCE = 15
    UNTIL = 16
    MISSED = 17
    """Activations while hidden."""


class Hiding(NamedTuple):
    """Who hides an alarm, why, since when and until when (0: no planned end); UTC ns."""

    who: str = ""
    why: str = ""
    since: int = 0
    until: int = 0


def hidden_by(fact: AlarmFact) -> Hiding:
    """The suppression that the alarm's letter names; `why` of one by design is the id of its rule."""
    letter = fact.state.letter
    if letter is AlarmLetter.G:
        return Hiding(fact.shelved_by, fact.shelf_reason, fact.at_shelved, fact.at_unshelve)
    if letter is AlarmLetter.H:
        return Hiding("", fact.suppressed_by, fact.at_suppressed)
    if letter is AlarmLetter.I:
        return Hiding(fact.oos_by, fact.oos_reason, fact.at_oos, fact.at_service)
    return Hiding()


def condition_of(fact: AlarmFact, alarm: AlarmDef) -> str:
    """Kind of condition of the occurrence, else of the definition."""
    return fact.condition or alarm.condition.value


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
    labels = (point.alarm.label, *(level.label for level in point.alarm.levels))
    kind = catalogue.types[asset.type].label
    names = (asset.name, kind, *labels, *((area.name,) if area else ()))
    words = [word for text in names for word in (text.ko, text.en)]
    return " ".join((*words, asset.id, point.key)).lower()


def area_name(point: AlarmPoint, catalogue: Catalogue, lang: str) -> str:
    """Name of the area that an alarm's asset stands in, empty for none."""
    area = catalogue.areas.get(point.asset.area)
    return area.name.of(lang) if area else ""


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
            AlarmColumn.LABEL: label_of(fact, point.alarm).of(lang),
            AlarmColumn.VALUE: fact.value,
            AlarmColumn.ACKED_BY: fact.acked_by,
            AlarmColumn.HINT: point.alarm.action.of(lang),
            AlarmColumn.AREA: area_name(point, catalogue, lang),
            AlarmColumn.TAG: point.key,
            AlarmColumn.TYPE: condition_of(fact, point.alarm),
            AlarmColumn.MARK: -fact.repeat_count - 0.5 * fact.first_out,
            AlarmColumn.BY: hidden_by(fact).who,
            AlarmColumn.WHY: hidden_by(fact).why,
            AlarmColumn.SINCE: -hidden_by(fact).since,
            AlarmColumn.UNTIL: hidden_by(fact).until,
            AlarmColumn.MISSED: -fact.suppressed_activations,
        }
        return keys[sort.column or AlarmColumn.PRIORITY], *default_key(fact)

    return default_key if sort.column is None else by_column


class AlarmRows:
    """The rows of one list as they should stand now; the model decides when they do."""

    def __init__(
        self, catalogue: Catalogue, facts: dict[int, AlarmFact], watched: Watched, lang: str
    ) -> None:
        self._catalogue = catalogue
        self._facts = facts
        self._watched = watched
        self._haystacks: dict[int, str] = {}
        self.filter = AlarmFilter()
        self.sort = AlarmSort()
        self.lang = lang
        self.groups = CauseGroups(facts, self._stands)
        self._ranking = Ranking()
        self._hidden: set[int] = set()
        self._through: set[int] = set()

    @property
    def through(self) -> int:
        """How many alarms are shown although the filter does not take them (ALM-64)."""
        return len(self._through)

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
        self.groups.clear()
        self._hidden.clear()
        self._through.clear()
        self.update([*self._facts])

    def alone(self, alarm: int) -> bool:
        """Whether a new fact of this alarm moves no other row."""
        return not self.filter.causes_only or not self.groups.followers(alarm)

    def told_by(self, alarms: list[int]) -> list[int]:
        """Alarms whose rows look otherwise when these have changed: a cause says how many follow it."""
        if not self.filter.causes_only:
            return alarms
        return [*dict.fromkeys((*alarms, *(self.groups.root_of(alarm) for alarm in alarms)))]

    def sign(self, alarm: int) -> str:
        """What stands before the label of a cause with followers, and of a follower."""
        if not self.filter.causes_only:
            return ""
        count = len(self.groups.followers(alarm))
        if count:
            return f"{'▾' if alarm in self.groups.expanded else '▸'} +{count}  "
        return "      └ " if self.groups.root_of(alarm) >= 0 else ""

    def update(self, alarms: list[int]) -> None:
        """These alarms have new facts."""
        make_key = key_maker(self.sort, self._catalogue, self.lang)
        if self.filter.causes_only:
            alarms = self.groups.touched(alarms)
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
        self._through.discard(alarm)
        root = self.groups.place(fact) if self.filter.causes_only else -1
        if not self._stands(fact):
            return None
        taken, folded = self._takes(fact), root >= 0 and root not in self.groups.expanded
        if taken and not folded:
            return self._nested(fact, root, make_key)
        if not taken and breaks_through(fact):
            self._through.add(alarm)
            return self._nested(fact, -1, make_key)
        self._hidden.add(alarm)
        return None

    def _stands(self, fact: AlarmFact) -> bool:
        return stands_in(fact, self.filter.which, self._watched)

    def _nested(self, fact: AlarmFact, root: int, make_key: Callable[[AlarmFact], SortKey]) -> SortKey:
        """The key of an alarm; below its root where it follows one."""
        if not self.filter.causes_only:
            return make_key(fact)
        # Downwards the whole list is turned round, and the root has to come out above all the same.
        above, below = (1, 0) if self.sort.descending else (0, 1)
        if root < 0 or root not in self._facts:
            return *make_key(fact), fact.alarm, above
        return *make_key(self._facts[root]), root, below, *make_key(fact)

    def _takes(self, fact: AlarmFact) -> bool:
        point = self._catalogue.alarms[fact.alarm]
        haystack = ""
        if self.filter.text:
            haystack = self._haystacks.get(fact.alarm, "")
            if not haystack:
                haystack = self._haystacks[fact.alarm] = haystack_of(point, self._catalogue)
        return self.filter.takes(fact, point, haystack)
