"""What is looked for in the log: words, kind, who, how far back, and only the selected asset."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QToolButton, QWidget

from console.core.journal import RecordKind
from console.desk.log import LogFilter
from console.desk.office import Office
from widgets.kit.fonts import Role, font
from widgets.kit.search import SearchLine
from widgets.kit.space import PAD_CELL, ROW, STEP
from widgets.kit.texts import Texts

SPANS_S = {"any_time": 0, "hour": 3600, "shift": 8 * 3600, "day": 86_400, "week": 7 * 86_400}
_TYPING_MS = 350


class LogFilters(QWidget):
    """One line of controls; `filter_changed` a moment after the last key."""

    filter_changed = Signal(object)
    """LogFilter."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self._texts = Texts(office.speech, self)
        self.search = SearchLine(office.themes)
        self.kind = QComboBox()
        self.who = SearchLine(office.themes, "person")
        self.span = QComboBox()
        self.asset = QToolButton()
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_MS)
        self._set_up()
        self._arrange()
        self._connect()
        self._say()

    def _set_up(self) -> None:
        for widget in (self.search, self.kind, self.who, self.span, self.asset):
            widget.setFont(font(Role.BODY))
            widget.setMinimumHeight(ROW)
        self.search.setMaxLength(120)
        self.who.setMaxLength(60)
        self.who.setMaximumWidth(150)
        self.search.setMinimumWidth(180)
        self.asset.setCheckable(True)
        for combo in (self.kind, self.span):
            combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)

    def _arrange(self) -> None:
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(STEP * 2)
        box.addWidget(self.search, 1)
        for widget in (self.kind, self.who, self.span, self.asset):
            box.addWidget(widget)
        box.addSpacing(PAD_CELL)

    def _connect(self) -> None:
        self.search.textChanged.connect(self._type)
        self.who.textChanged.connect(self._type)
        self._typing.timeout.connect(self._tell)
        self.kind.currentIndexChanged.connect(self._tell)
        self.span.currentIndexChanged.connect(self._tell)
        self.asset.toggled.connect(self._tell)
        self._office.selection.asset_selected.connect(self._select)
        self._office.speech.lang_changed.connect(self._say)
        self._texts.put(self.search.setPlaceholderText, "log.search")
        self._texts.put(self.search.setAccessibleName, "log.search")
        self._texts.put(self.who.setPlaceholderText, "log.who_hint")
        self._texts.put(self.who.setAccessibleName, "log.who_hint")

    @property
    def wanted(self) -> LogFilter:
        """The filter as it stands."""
        return LogFilter(
            text=self.search.text().strip(),
            kind=str(self.kind.currentData() or ""),
            who=self.who.text().strip(),
            span_s=int(self.span.currentData() or 0),
            asset=self._office.selection.asset if self.asset.isChecked() else "",
        )

    @Slot()
    def clear(self) -> None:
        """Everything again."""
        for line in (self.search, self.who):
            line.clear()
        self.kind.setCurrentIndex(0)
        self.span.setCurrentIndex(0)
        self.asset.setChecked(False)
        self._tell()

    @Slot()
    def _type(self) -> None:
        self._typing.start()

    @Slot()
    def _tell(self) -> None:
        self._typing.stop()
        self.filter_changed.emit(self.wanted)

    @Slot()
    def _select(self) -> None:
        self._name_asset()
        if self.asset.isChecked():
            self._tell()

    @Slot()
    def _say(self) -> None:
        speech = self._office.speech
        kinds = [("", "log.any_kind"), *((kind.value, f"log.kind.{kind.value}") for kind in RecordKind)]
        spans = [(seconds, f"log.{name}") for name, seconds in SPANS_S.items()]
        for combo, entries in ((self.kind, kinds), (self.span, spans)):
            chosen = max(0, combo.currentIndex())
            combo.blockSignals(True)
            combo.clear()
            for value, key in entries:
                combo.addItem(speech.say(key), value)
            combo.setCurrentIndex(chosen)
            combo.blockSignals(False)
        self.kind.setAccessibleName(speech.say("log.detail.kind"))
        self.span.setAccessibleName(speech.say("log.column.when"))
        self._name_asset()

    def _name_asset(self) -> None:
        office = self._office
        catalogue, chosen = office.catalogue.catalogue, office.selection.asset
        found = catalogue.assets.get(chosen) if catalogue is not None and chosen else None
        self.asset.setEnabled(found is not None or self.asset.isChecked())
        if found is None:
            self.asset.setText(office.speech.say("log.only_asset"))
        else:
            self.asset.setText(office.speech.say("log.only_asset_named", name=office.speech.of(found.name)))
