"""Latest values of all tags, and the rows that charts draw."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from console.client.mirror import Mirror
from console.core.quality import Quality
from console.desk.formats import value_text
from console.desk.words import Speech

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from console.core.batch import Batch, QualityColumn, TimeColumn, ValueColumn


class ValueBoard(QObject):
    """Columns by tag index; while the link is lost every quality reads as stale, and stays stored."""

    values_changed = Signal(object)
    """uint32 array of the tags that changed since the last one, at most 10 a second."""
    trend_rows = Signal(object)
    """Batch of every row since the last one, at most 30 a second."""

    def __init__(self, mirror: Mirror, speech: Speech, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mirror = mirror
        self._speech = speech
        self._frozen = False

    @property
    def frozen(self) -> bool:
        """Whether the link is lost: nothing here is live (ALM-10)."""
        return self._frozen

    @property
    def values(self) -> ValueColumn:
        """Latest values; NaN where none came. Look, do not write."""
        return self._mirror.latest.values

    @property
    def ats(self) -> TimeColumn:
        """Times of the values in UTC ns."""
        return self._mirror.latest.ats

    @property
    def qualities(self) -> QualityColumn:
        """Stored qualities as the hub told them; `quality()` also knows of a lost link."""
        return self._mirror.latest.qualities

    def value(self, tag: int) -> float:
        """Latest value in the tag's unit, NaN without one."""
        return float(self.values[tag])

    def at(self, tag: int) -> int:
        """Time of the latest value in UTC ns, 0 without one."""
        return int(self.ats[tag])

    def quality(self, tag: int) -> Quality:
        """Quality to show: stale while the link is lost, unless the stored one is worse."""
        stored = Quality(int(self.qualities[tag]))
        return Quality.STALE if self._frozen and stored.usable else stored

    def text(self, tag: int) -> str:
        """The value with decimals and unit of the catalogue, or an em dash."""
        catalogue = self._mirror.catalogue
        if catalogue is None:
            return ""
        quality = Quality(int(self.qualities[tag]))
        return value_text(catalogue.tags[tag].tag, self.value(tag), quality, self._speech.lang)

    def push(self, batch: Batch) -> None:
        """Take rows and tell of them at once; the bridge puts and tells at its own pace."""
        known = self._mirror.latest.put(batch)
        self.tell_rows(known)
        self.tell_changed(known.tag)

    def tell_rows(self, batch: Batch) -> None:
        """Announce rows that are in the mirror already."""
        if len(batch):
            self.trend_rows.emit(batch)

    def tell_changed(self, tags: NDArray[np.uint32]) -> None:
        """Announce tags whose value, time or quality is new; repeats are taken out."""
        if len(tags):
            import numpy as np

            # A mask costs less than a sort, and its order is that of the tags.
            changed = np.zeros(len(self.values), np.bool_)
            changed[tags] = True
            self.values_changed.emit(np.flatnonzero(changed).astype(np.uint32))

    def set_frozen(self, frozen: bool) -> None:
        """The link was lost or is back: everything is to be drawn anew."""
        if frozen != self._frozen:
            self._frozen = frozen
            self.tell_all()

    def tell_all(self) -> None:
        """Announce every tag, after a new catalogue or a change that concerns all."""
        if self._mirror.catalogue is not None:
            import numpy as np

            self.values_changed.emit(np.arange(len(self.values), dtype=np.uint32))
