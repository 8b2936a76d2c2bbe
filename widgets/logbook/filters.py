"""What is looked for in the operator log: words, author, area, time, what it is about, and what means me."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QComboBox, QToolButton, QWidget

from console.desk.logbook_desk import BookFilter
from console.desk.office import Office
from widgets.kit.fonts import Role, font
from widgets.kit.search import SearchLine
from widgets.kit.space import ROW, STEP
from widgets.kit.texts import Texts
from widgets.logbook.flow import FlowLayout

SPANS_S = {"any_time": 0, "shift": 8 * 3600, "day": 86_400, "week": 7 * 86_400}
_TYPING_MS = 350
_SEARCH, _AUTHOR = 240, 120
_NAME = 18


class BookFilters(QWidget):
    """One line of controls; `filter_changed` a moment after the last key."""

    filter_changed = Signal(object)
    """BookFilter."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self._texts = Texts(office.speech, self)
        self.search = SearchLine(office.themes)
        self.author = SearchLine(office.themes, "person")
        self.area, self.span = QComboBox(), QComboBox()
        self.linked, self.mine = QToolButton(), QToolButton()
        self._ids: tuple[str, ...] = ()
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_MS)
        self._arrange()
        self._connect()
        self._say()

    def _arrange(self) -> None:
        # In a narrow dock the controls go on in the next line instead of pushing the dock wider.
        self._flow = FlowLayout(self)
        self._flow.setSpacing(STEP * 2)
        for widget in (self.search, self.author, self.area, self.span, self.linked, self.mine):
            widget.setFont(font(Role.BODY))
            widget.setMinimumHeight(ROW)
            self._flow.addWidget(widget)
        self.search.setMaxLength(120)
        self.search.setFixedWidth(_SEARCH)
        self.author.setMaxLength(60)
        self.author.setFixedWidth(_AUTHOR)
        for button in (self.linked, self.mine):
            button.setCheckable(True)
        for combo in (self.area, self.span):
            combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)

    def _connect(self) -> None:
        office = self._office
        self.search.textChanged.connect(self._type)
        self.author.textChanged.connect(self._type)
        self._typing.timeout.connect(self._tell)
        self.area.currentIndexChanged.connect(self._tell)
        self.span.currentIndexChanged.connect(self._tell)
        self.linked.toggled.connect(self._tell)
        self.mine.toggled.connect(self._tell)
        office.selection.asset_selected.connect(self._select)
        office.catalogue.catalogue_changed.connect(self._say)
        office.speech.lang_changed.connect(self._say)
        office.log_board.mentions_changed.connect(self._count)
        put = self._texts.put
        put(self.search.setPlaceholderText, "logbook.filter.search")
        put(self.search.setAccessibleName, "logbook.filter.search")
        put(self.author.setPlaceholderText, "logbook.filter.author")
        put(self.author.setAccessibleName, "logbook.filter.author")
        put(self.area.setAccessibleName, "logbook.filter.area")
        put(self.span.setAccessibleName, "logbook.filter.span")

    def add(self, *widgets: QWidget) -> None:
        """More controls behind these, in the same lines."""
        for widget in widgets:
            self._flow.addWidget(widget)

    @property
    def wanted(self) -> BookFilter:
        """The filter as it stands."""
        return BookFilter(
            text=self.search.text().strip(),
            author=self.author.text().strip(),
            area=str(self.area.currentData() or "*"),
            span_s=int(self.span.currentData() or 0),
            link=self._office.selection.asset if self.linked.isChecked() else "",
            mine=self.mine.isChecked(),
        )

    def show_mine(self) -> None:
        """Only what means this person."""
        self.clear()
        self.mine.setChecked(True)

    @Slot()
    def clear(self) -> None:
        """Everything again."""
        for widget in (self.search, self.author, self.area, self.span, self.linked, self.mine):
            widget.blockSignals(True)
        self.search.clear()
        self.author.clear()
        self.area.setCurrentIndex(0)
        self.span.setCurrentIndex(0)
        self.linked.setChecked(False)
        self.mine.setChecked(False)
        for widget in (self.search, self.author, self.area, self.span, self.linked, self.mine):
            widget.blockSignals(False)
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
        if self.linked.isChecked():
            self._tell()

    @Slot()
    def _say(self) -> None:
        speech, catalogue = self._office.speech, self._office.catalogue.catalogue
        areas = [("*", speech.say("logbook.filter.any_area"))]
        areas += [(a.id, speech.of(a.name)) for a in (catalogue.site.areas if catalogue is not None else ())]
        spans = [(seconds, speech.say(f"log.{name}")) for name, seconds in SPANS_S.items()]
        for combo, entries in ((self.area, areas), (self.span, spans)):
            chosen = max(0, combo.currentIndex())
            combo.blockSignals(True)
            combo.clear()
            for value, text in entries:
                combo.addItem(text, value)
            combo.setCurrentIndex(chosen if chosen < combo.count() else 0)
            combo.blockSignals(False)
        self._name_asset()
        self._count()

    def _name_asset(self) -> None:
        office = self._office
        catalogue, chosen = office.catalogue.catalogue, office.selection.asset
        found = catalogue.assets.get(chosen) if catalogue is not None and chosen else None
        self.linked.setEnabled(found is not None or self.linked.isChecked())
        if found is None:
            self.linked.setText(office.speech.say("logbook.filter.linked"))
        else:
            name = office.speech.of(found.name)
            short = name if len(name) <= _NAME else f"{name[: _NAME - 1]}…"
            self.linked.setText(office.speech.say("logbook.filter.linked_named", name=short))

    @Slot()
    def _count(self) -> None:
        count = len(self._office.log_board.unread)
        key = "logbook.filter.mine_n" if count else "logbook.filter.mine"
        fields = {"n": count} if count else {}
        self.mine.setText(self._office.speech.say(key, **fields))
        self.mine.setFont(font(Role.BODY, strong=bool(count)))
