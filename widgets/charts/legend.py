"""Which lines a chart shows: dash and colour, name, value now; pressed, a line is taken out."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSizePolicy, QToolButton, QWidget

from console.desk.office import Office
from widgets.charts.pane import LineLook
from widgets.kit.fonts import Role, font
from widgets.kit.labels import plain_tip
from widgets.kit.space import PAD_CELL, ROW

_SWATCH = 22


class LegendButton(QToolButton):
    """One line: swatch, name, value."""

    def __init__(self, office: Office, tag: int, look: LineLook) -> None:
        super().__init__()
        self._office = office
        self.tag = tag
        self.look = look
        self.setFont(font(Role.CAPTION))
        self.setMinimumHeight(ROW - 2)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.say()

    def say(self) -> None:
        """Name and value as they are now."""
        value = self._office.values.text(self.tag)
        quality = self._office.values.quality(self.tag)
        text = f"{self.look.name}  {value}"
        if not quality.usable:
            text += f" {quality.letter}"
        if text != self.text():
            self.setText(text)
            self.updateGeometry()
        told = self._office.speech.say("charts.legend.remove", name=self.look.name)
        self.setAccessibleName(f"{text}, {self._office.speech.say(f'quality.{quality.name}')}")
        self.setAccessibleDescription(told)
        self.setToolTip(plain_tip(told))

    def sizeHint(self) -> QSize:
        width = self.fontMetrics().horizontalAdvance(self.text())
        return QSize(_SWATCH + width + 22, ROW - 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        tokens = self._office.themes.tokens
        if self.underMouse() or self.hasFocus():
            painter.fillRect(self.rect(), QColor(tokens.raised))
        if self.hasFocus():
            painter.setPen(QPen(QColor(tokens.accent), 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        painter.setPen(QPen(QColor(self.look.colour), 2, self.look.dash))
        middle = self.height() / 2
        painter.drawLine(QPointF(6, middle), QPointF(6 + _SWATCH, middle))
        painter.setPen(QColor(tokens.text))
        painter.setFont(self.font())
        room = self.rect().adjusted(_SWATCH + 12, 0, -4, 0)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, self.text())
        painter.end()


class Legend(QScrollArea):
    """A row of line buttons that scrolls sideways when there are many; `tag_dropped` with the tag index."""

    tag_dropped = Signal(int)

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self.buttons: dict[int, LegendButton] = {}
        self._inside = QWidget()
        self._row = QHBoxLayout(self._inside)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(PAD_CELL // 2)
        self._row.addStretch(1)
        self.setWidget(self._inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedHeight(ROW)
        self.viewport().setAutoFillBackground(False)
        self._inside.setAutoFillBackground(False)
        office.values.values_changed.connect(self._values)

    def show_lines(self, looks: dict[int, LineLook]) -> None:
        """One button a line, in order."""
        for button in self.buttons.values():
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons = {}
        for place, (tag, look) in enumerate(looks.items()):
            button = LegendButton(self._office, tag, look)
            button.clicked.connect(self._drop)
            self.buttons[tag] = button
            self._row.insertWidget(place, button)
        self._make_room()

    def _make_room(self) -> None:
        # The style sheet's smallest width of tool buttons would let them be squeezed.
        wanted = sum(button.sizeHint().width() + self._row.spacing() for button in self.buttons.values())
        if self._inside.minimumWidth() != wanted:
            self._inside.setMinimumWidth(wanted)

    @Slot(object)
    def _values(self, tags: object) -> None:
        if not self.buttons or not self.isVisible():
            return
        changed: set[int] = set(tags.tolist())  # type: ignore[attr-defined]
        for tag, button in self.buttons.items():
            if tag in changed:
                button.say()
        self._make_room()

    @Slot()
    def _drop(self) -> None:
        button = self.sender()
        if isinstance(button, LegendButton):
            self.tag_dropped.emit(button.tag)
