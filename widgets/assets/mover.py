"""A vessel or a truck: who it is, where it is and how it moves; plain text of the source, shown literally."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from console.desk.formats import DASH, age, stamp
from console.desk.office import Office
from widgets.kit.labels import ElideLabel, PlainLabel, SectionTitle
from widgets.kit.seconds import seconds_of
from widgets.kit.space import PAD_PANEL, ROW

if TYPE_CHECKING:
    from console.core.mover import MoverFact

_KNOTS = 1.943844
_KMH = 3.6
_MOST_FACTS = 24


class MoverCard(QWidget):
    """Position, motion and static facts of one mover; follows it while it is shown."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self._mover: int | None = None
        self._motion_title, self._facts_title = SectionTitle(), SectionTitle()
        self._motion, self._facts = QGridLayout(), QGridLayout()
        for grid in (self._motion, self._facts):
            grid.setHorizontalSpacing(PAD_PANEL)
            grid.setVerticalSpacing(0)
            grid.setColumnStretch(1, 1)
        self._cells: dict[str, tuple[PlainLabel, ElideLabel]] = {}
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self._motion_title)
        box.addLayout(self._motion)
        box.addWidget(self._facts_title)
        box.addLayout(self._facts)
        for row, name in enumerate(("position", "speed", "heading", "seen", "feed")):
            self._cells[name] = self._row(self._motion, row)
        office.movers.movers_changed.connect(self._again)
        office.speech.lang_changed.connect(self._again_all)
        seconds_of(office.themes).ticked.connect(self._again)

    def lines(self) -> list[str]:
        """What is shown, as `label value`."""
        return [f"{label.text()} {value.text}" for label, value in self._cells.values()]

    def show_mover(self, mover: int | None) -> None:
        """Another mover, or none."""
        self._mover = mover
        self._again_all()

    def _row(self, grid: QGridLayout, row: int) -> tuple[PlainLabel, ElideLabel]:
        label, value = PlainLabel(muted=True), ElideLabel(self._office.themes, strong=True)
        grid.setRowMinimumHeight(row, ROW)
        grid.addWidget(label, row, 0)
        grid.addWidget(value, row, 1)
        return label, value

    def _fact(self) -> MoverFact | None:
        return None if self._mover is None else self._office.movers.facts.get(self._mover)

    @Slot()
    def _again(self) -> None:
        fact = self._fact()
        if fact is None or self._mover is None or self.isHidden():
            return
        speech, here = self._office.speech, self._office.movers.position(self._mover)
        told: dict[str, str] = dict.fromkeys(("position", "speed", "heading", "seen"), DASH)
        if here is not None:
            now = seconds_of(self._office.themes).now_ns
            elapsed = age((now - here.at) / 1e9, speech)
            told["position"] = f"{here.lat:.5f}, {here.lon:.5f}"
            told["speed"] = _speed(here.speed, fact.kind)
            told["heading"] = DASH if here.heading is None else f"{here.heading % 360:03.0f}°"
            told["seen"] = f"{stamp(here.at, now)} · {speech.say('assets.mover.ago', age=elapsed)}"
        told["feed"] = speech.of(self._office.feeds.label(fact.feed))
        for name, text in told.items():
            label, value = self._cells[name]
            label.setText(speech.say(f"assets.mover.{name}"))
            value.set_text(text)

    @Slot()
    def _again_all(self) -> None:
        speech, fact = self._office.speech, self._fact()
        self._motion_title.setText(speech.say("assets.mover.motion"))
        self._facts_title.setText(speech.say("assets.mover.facts"))
        for name in [name for name in self._cells if name.startswith("fact.")]:
            for widget in self._cells.pop(name):
                widget.hide()
                widget.deleteLater()
        facts = list(fact.facts.items())[:_MOST_FACTS] if fact is not None else []
        self._facts_title.setVisible(bool(facts))
        for row, (key, text) in enumerate(facts):
            label, value = self._cells[f"fact.{key}"] = self._row(self._facts, row)
            known = f"assets.mover_fact.{key}"
            label.setText(speech.say(known) if speech.knows(known) else key)
            value.set_text(text)
        self._again()


def _speed(metres_a_second: float | None, kind: str) -> str:
    if metres_a_second is None or not math.isfinite(metres_a_second):
        return DASH
    factor, unit = (_KMH, "km/h") if kind == "truck" else (_KNOTS, "kn")
    return f"{metres_a_second * factor:.1f}\u2009{unit}"
