"""What each area has of alarms, and the figures that say most about it, kept while alarms change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from console.core.alarm.facts import AlarmFact, AlarmLetter
from console.core.catalogue import Catalogue
from console.core.quality import Quality
from console.core.site import AlarmCondition, AlarmDef, TagDef, TagKind
from console.core.words import Text
from console.desk.boards import AlarmBoard, ValueBoard
from console.desk.catalogues import CatalogueBoard

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FIGURES = 3
_USABLE = [quality.value for quality in Quality if quality.usable]
_SUPPRESSED = {AlarmLetter.G: "shelved", AlarmLetter.H: "suppressed", AlarmLetter.I: "out_of_service"}


@dataclass(frozen=True, slots=True)
class AreaTally:
    """Counts of one area; `worst` is by the order of ALM-28, any unacknowledged before any acknowledged."""

    listed: tuple[int, int, int, int] = (0, 0, 0, 0)
    unacked: tuple[int, int, int, int] = (0, 0, 0, 0)
    shelved: int = 0
    suppressed: int = 0
    out_of_service: int = 0

    @property
    def worst(self) -> tuple[int, bool] | None:
        """Priority to show and whether it waits; None for no listed alarm."""
        for waits, counts in ((True, self.unacked), (False, self.listed)):
            for place, count in enumerate(counts):
                if count:
                    return place + 1, waits
        return None


class AreaTallies(QObject):
    """Tallies by area id; `tallies_changed` with the ids of areas that changed."""

    tallies_changed = Signal(object)

    def __init__(self, alarms: AlarmBoard, catalogue: CatalogueBoard, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._alarms = alarms
        self._catalogue = catalogue
        self._kind_of: dict[int, tuple[str, str]] = {}
        self._counts: Counter[tuple[str, str]] = Counter()
        alarms.alarms_changed.connect(self._take)
        catalogue.catalogue_changed.connect(self._begin)
        self._begin()

    def of(self, area: str) -> AreaTally:
        """The present counts of an area."""
        by = self._counts
        waits = [by[area, f"{place}!"] for place in range(1, 5)]
        listed = [by[area, f"{place}"] + waits[place - 1] for place in range(1, 5)]
        return AreaTally(
            listed=(listed[0], listed[1], listed[2], listed[3]),
            unacked=(waits[0], waits[1], waits[2], waits[3]),
            shelved=by[area, "shelved"],
            suppressed=by[area, "suppressed"],
            out_of_service=by[area, "out_of_service"],
        )

    @Slot()
    def _begin(self) -> None:
        areas = {area for area, _ in self._counts}
        self._kind_of.clear()
        self._counts.clear()
        self.tallies_changed.emit(frozenset(areas))
        self._take(tuple(self._alarms.facts.values()))

    @Slot(object)
    def _take(self, facts: Sequence[AlarmFact]) -> None:
        catalogue = self._catalogue.catalogue
        if catalogue is None:
            return
        changed: set[str] = set()
        for fact in facts:
            if not 0 <= fact.alarm < len(catalogue.alarms):
                continue
            area = catalogue.alarms[fact.alarm].asset.area
            if self._count(fact.alarm, area, _kind(fact)):
                changed.add(area)
        if changed:
            self.tallies_changed.emit(frozenset(changed))

    def _count(self, alarm: int, area: str, kind: str) -> bool:
        before = self._kind_of.pop(alarm, None)
        if before is not None:
            self._counts[before] -= 1
        if kind:
            self._kind_of[alarm] = (area, kind)
            self._counts[area, kind] += 1
        return before != ((area, kind) if kind else None)


def _kind(fact: AlarmFact) -> str:
    letter = fact.state.letter
    if letter is AlarmLetter.A:
        return ""
    if letter in _SUPPRESSED:
        return _SUPPRESSED[letter]
    return f"{min(max(fact.priority, 1), 4)}{'' if fact.state.acked else '!'}"


@dataclass(frozen=True, slots=True, eq=False)
class AreaFigure:
    """The extreme of one measure over the assets of an area: the highest, or the lowest where low is bad."""

    tag: TagDef
    indices: NDArray[np.intp]
    highest: bool

    def value(self, values: ValueBoard) -> float | None:
        """The extreme of the usable values, None when there is none."""
        import numpy as np

        found = values.values[self.indices]
        usable = np.isfinite(found) & np.isin(values.qualities[self.indices], _USABLE)
        if not usable.any():
            return None
        return float(found[usable].max() if self.highest else found[usable].min())


def area_figures(catalogue: Catalogue, area: str) -> list[AreaFigure]:
    """Up to three measures of an area: of its types with most assets, those that alarms are told from."""
    import numpy as np

    assets = [asset for asset in catalogue.assets.values() if asset.area == area]
    found: list[AreaFigure] = []
    for kind_id, _ in Counter(asset.type for asset in assets).most_common():
        kind = catalogue.types[kind_id]
        named = {tag.name: tag for tag in kind.tags}
        ranked = [named[name] for name in kind.headline if name in named] or list(kind.tags)
        # The most urgent alarm of a tag says which end of it is bad; of equals the first that is declared.
        limited = [alarm for alarm in kind.alarms if alarm.condition in _LIMITED]
        alarms: dict[str, AlarmDef] = {}
        for alarm in sorted(limited, key=_urgency):
            alarms.setdefault(alarm.tag, alarm)
        said = {(figure.tag.label, figure.highest) for figure in found}
        tag = next((t for t in ranked if _is_figure(t, alarms, said)), None)
        if tag is None:
            continue
        keys = [f"{asset.id}.{tag.name}" for asset in assets if asset.type == kind_id]
        indices = np.array([catalogue.tag_index(key) for key in keys], np.intp)
        found.append(AreaFigure(tag, indices, _is_high(alarms[tag.name])))
        if len(found) == FIGURES:
            break
    return found


_LIMITED = frozenset({AlarmCondition.HIGH, AlarmCondition.LOW})


def _urgency(alarm: AlarmDef) -> int:
    return alarm.top_priority


def _is_figure(tag: TagDef, alarms: dict[str, AlarmDef], said: set[tuple[Text, bool]]) -> bool:
    """An analog tag with a limit, whose words do not stand on the tile already."""
    if tag.kind is not TagKind.ANALOG or tag.name not in alarms:
        return False
    return (tag.label, _is_high(alarms[tag.name])) not in said


def _is_high(alarm: AlarmDef) -> bool:
    return alarm.condition is AlarmCondition.HIGH
