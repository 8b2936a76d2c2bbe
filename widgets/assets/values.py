"""Values of an asset in context: analog on a bar with its limits, discrete as a word, each with its quality."""

from __future__ import annotations

import math
from collections.abc import Iterable

from PySide6.QtCore import QObject, QPoint, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QDrag, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QGridLayout, QSizePolicy, QWidget

from console.core.alarm.facts import AlarmLetter
from console.core.catalogue import AlarmPoint, TagPoint
from console.core.quality import Quality
from console.core.site import AlarmCondition, TagKind
from console.desk.asset_state import headline_tags
from console.desk.formats import full_stamp, number
from console.desk.office import Office
from console.desk.themes import Themes
from widgets.kit.bar import AnalogBar, LimitBand
from widgets.kit.colours import mix
from widgets.kit.fonts import Role, font
from widgets.kit.labels import ElideLabel, PlainLabel, plain_tip
from widgets.kit.mime import tag_mime
from widgets.kit.quality import MARK, paint_quality
from widgets.kit.space import PAD_CELL, RADIUS, ROW, STEP
from widgets.kit.value import ValueText

MOST_ROWS = 100
"""A source may declare thousands of points; rows beyond these would only make the faceplate slow."""


class StateText(QWidget):
    """A discrete state as a word on a plate whose lightness says on or off (HMI-04)."""

    def __init__(self, themes: Themes) -> None:
        super().__init__()
        self._themes = themes
        self._text, self._on, self._quality = "", False, Quality.NEVER
        self._font = font(Role.BODY, strong=True)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        themes.theme_changed.connect(self._retheme)

    @property
    def shown(self) -> str:
        """The word shown."""
        return self._text

    def set_state(self, text: str, *, on: bool, quality: Quality, reason: str) -> None:
        """Shows the word; `on` is the filled plate; `reason` says the quality in words."""
        self._text, self._on, self._quality = text, on, quality
        self.setAccessibleName(f"{text} {reason}".strip())
        self.setToolTip(plain_tip(reason))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        mark = MARK + STEP if self._quality is not Quality.GOOD else 0
        return QSize(round(QFontMetricsF(self._font).horizontalAdvance(self._text)) + 20 + mark, 22)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._themes.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = QFontMetricsF(self._font).horizontalAdvance(self._text) + 16
        plate = QRectF(self.width() - width, (self.height() - 20) / 2, width, 20)
        live = self._quality.usable
        painter.setPen(Qt.PenStyle.NoPen if self._on and live else mix(tokens.panel, tokens.text, 0.35))
        painter.setBrush(QColor(tokens.running) if self._on and live else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(plate.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        painter.setFont(self._font)
        ink = tokens.panel if self._on and live else tokens.text if live else tokens.text2
        painter.setPen(QColor(ink))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, self._text)
        if self._quality is not Quality.GOOD:
            box = QRectF(plate.left() - MARK - STEP, 0, MARK, self.height())
            paint_quality(painter, box, self._quality, tokens)
        painter.end()

    @Slot(object)
    def _retheme(self, _tokens: object) -> None:
        self.update()


class TagLabel(ElideLabel):
    """Name of a tag, which can be dragged onto a chart; the chart's own menu does the same."""

    def __init__(self, themes: Themes, key: str) -> None:
        super().__init__(themes, muted=True)
        self._key = key
        self._pressed: QPoint | None = None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = event.position().toPoint()
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            return
        moved = (event.position().toPoint() - self._pressed).manhattanLength()
        if moved >= QApplication.startDragDistance():
            self._pressed = None
            drag = QDrag(self)
            drag.setMimeData(tag_mime(self._key))
            drag.exec(Qt.DropAction.CopyAction)


def bands_of(alarms: Iterable[AlarmPoint], office: Office) -> tuple[LimitBand, ...]:
    """Limits of a tag's alarms as bands, with the letter each alarm has now."""
    made: list[LimitBand] = []
    for point in alarms:
        fact = office.alarms.facts.get(point.index)
        letter = fact.state.letter if fact is not None else AlarmLetter.A
        alarm = point.alarm
        if alarm.condition is AlarmCondition.HIGH:
            made.append(LimitBand(alarm.limit, math.inf, alarm.priority, letter))
        elif alarm.condition is AlarmCondition.LOW:
            made.append(LimitBand(-math.inf, alarm.limit, alarm.priority, letter))
    # The more urgent band lies on top.
    return tuple(sorted(made, key=lambda band: -band.priority))


class ValueRow(QObject):
    """One tag: label, bar if it is analog, and the value with its unit."""

    def __init__(self, office: Office, point: TagPoint, parent: QWidget) -> None:
        super().__init__(parent)
        self._office = office
        self.point = point
        catalogue = office.catalogue.catalogue
        alarms = catalogue.alarms_of(point.asset.id) if catalogue is not None else []
        self._alarms = [alarm for alarm in alarms if alarm.tag_index == point.index]
        self.label = TagLabel(office.themes, point.key)
        # A bar without a range would say something that nobody knows.
        self.analog = point.tag.kind is TagKind.ANALOG and point.tag.high > point.tag.low
        self.bar = AnalogBar(office.themes) if self.analog else None
        self.state = StateText(office.themes) if point.tag.kind is TagKind.DISCRETE else None
        self.value = ValueText(office.themes) if self.state is None else None
        if self.bar is not None:
            self.bar.set_range(point.tag.low, point.tag.high)
        self.say()

    def say(self) -> None:
        """Writes label, value, quality and limits as they are now."""
        office, tag = self._office, self.point.tag
        catalogue = office.catalogue.catalogue
        offered = catalogue is None or catalogue.offers(self.point.index)
        label = office.speech.of(tag.label)
        self.label.set_text(label if offered else f"{label} · {office.speech.say('discovered.mark.gone')}")
        value = office.values.value(self.point.index)
        quality = office.values.quality(self.point.index)
        reason = office.speech.say(f"quality.{quality.name}")
        at = office.values.at(self.point.index)
        told = f"{reason} · {full_stamp(at)}" if at else reason
        known = math.isfinite(value) and quality is not Quality.NEVER
        if self.state is not None:
            text = office.values.text(self.point.index)
            self.state.set_state(text, on=known and value > 0.5, quality=quality, reason=told)
        if self.value is not None:
            shown = number(value, tag.decimals) if known else ""
            self.value.set_value(shown, tag.unit, quality, told)
        if self.bar is not None:
            self.bar.set_value(value if known else math.nan, quality)
            self.bar.set_bands(bands_of(self._alarms, office))
            self.bar.setAccessibleName(self.label.text)
            self.bar.setToolTip(plain_tip(self._range_in_words()))

    def _range_in_words(self) -> str:
        tag, speech = self.point.tag, self._office.speech
        unit = f"\u2009{tag.unit}" if tag.unit else ""
        low, high = number(tag.low, tag.decimals), number(tag.high, tag.decimals)
        lines = [speech.say("assets.value.range", low=low, high=f"{high}{unit}")]
        for point in self._alarms:
            limit = number(point.alarm.limit, tag.decimals)
            lines.append(f"{speech.of(point.alarm.label)}: {limit}{unit}")
        return "\n".join(lines)


class ValueRows(QWidget):
    """The headline tags of one asset, or all others; follows the value board."""

    def __init__(self, office: Office, *, headline: bool) -> None:
        super().__init__()
        self._office = office
        self._headline = headline
        self._rows: dict[int, ValueRow] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(PAD_CELL)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(0, 5)
        self._grid.setColumnStretch(1, 5)
        self._grid.setColumnStretch(2, 0)
        office.values.values_changed.connect(self._changed)
        office.alarms.alarms_changed.connect(self._say_all)
        office.speech.lang_changed.connect(self._say_all)

    @property
    def rows(self) -> list[ValueRow]:
        """Rows as they stand."""
        return list(self._rows.values())

    def show_asset(self, asset: str) -> None:
        """Rows of another asset; an unknown id clears."""
        while (item := self._grid.takeAt(0)) is not None:
            gone = item.widget()
            if gone is not None:
                gone.hide()
                gone.deleteLater()
        for row in self._rows.values():
            row.deleteLater()
        self._rows = {}
        catalogue = self._office.catalogue.catalogue
        if catalogue is None or asset not in catalogue.assets:
            return
        first = headline_tags(catalogue, asset)
        rest = [point for point in catalogue.tags_of(asset) if point not in first]
        points = first if self._headline else rest
        for place, point in enumerate(points[:MOST_ROWS]):
            self._add(place, point)
        if len(points) > MOST_ROWS:
            more = PlainLabel(Role.CAPTION, muted=True)
            more.setWordWrap(True)
            more.setText(self._office.speech.say("discovered.mark.more", n=len(points) - MOST_ROWS))
            self._grid.addWidget(more, MOST_ROWS, 0, 1, 3)
        self._align_units()

    def _add(self, place: int, point: TagPoint) -> None:
        row = ValueRow(self._office, point, self)
        self._rows[point.index] = row
        self._grid.setRowMinimumHeight(place, ROW)
        self._grid.addWidget(row.label, place, 0)
        if row.bar is not None and row.value is not None:
            self._grid.addWidget(row.bar, place, 1)
            self._grid.addWidget(row.value, place, 2, Qt.AlignmentFlag.AlignRight)
            return
        lone = row.state if row.state is not None else row.value
        if lone is not None:
            self._grid.addWidget(lone, place, 1, 1, 2, Qt.AlignmentFlag.AlignRight)

    def _align_units(self) -> None:
        metrics = QFontMetricsF(font(Role.CAPTION))
        width = max((metrics.horizontalAdvance(p.point.tag.unit) for p in self._rows.values()), default=0.0)
        for row in self._rows.values():
            if row.value is not None:
                row.value.unit_width = width
                row.value.updateGeometry()

    @Slot(object)
    def _changed(self, tags: object) -> None:
        if not self._rows or not self.isVisible():
            return
        # A uint32 array; membership of a dozen rows is cheaper than a set of thousands.
        changed: set[int] = set(tags.tolist())  # type: ignore[attr-defined]
        for tag, row in self._rows.items():
            if tag in changed:
                row.say()

    @Slot()
    def _say_all(self) -> None:
        for row in self._rows.values():
            row.say()

    def showEvent(self, event: object) -> None:
        super().showEvent(event)  # pyright: ignore
        self._say_all()
