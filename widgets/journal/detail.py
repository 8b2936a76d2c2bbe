"""One record in full: every field, its number and its hash, as text that can be copied."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFormLayout, QScrollArea, QVBoxLayout, QWidget

from console.desk.formats import full_stamp
from console.desk.log import LogDesk
from console.desk.models.log_table import LogRow
from console.desk.office import Office
from widgets.kit.fonts import Role
from widgets.kit.labels import PlainLabel
from widgets.kit.space import PAD_CELL, PAD_PANEL, STEP

_WIDTH = 320


class RecordDetail(QScrollArea):
    """Follows the selected row."""

    def __init__(self, office: Office, desk: LogDesk) -> None:
        super().__init__()
        self._office = office
        self._desk = desk
        self._row: LogRow | None = None
        self.title = PlainLabel(Role.SECTION, strong=True)
        self.title.setWordWrap(True)
        self.hint = PlainLabel(muted=True)
        self.hint.setWordWrap(True)
        self.fields: list[tuple[str, str]] = []
        """Name and text of each line, as shown."""
        inside = QWidget()
        inside.setProperty("ground", "panel")
        inside.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        box = QVBoxLayout(inside)
        box.setContentsMargins(PAD_PANEL, PAD_CELL, PAD_PANEL, PAD_PANEL)
        box.setSpacing(PAD_CELL)
        box.addWidget(self.title)
        box.addWidget(self.hint)
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(PAD_CELL)
        self._form.setVerticalSpacing(STEP)
        self._form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        box.addLayout(self._form)
        box.addStretch(1)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumWidth(_WIDTH)
        self.setMaximumWidth(_WIDTH * 2)
        office.speech.lang_changed.connect(self._again)
        self._again()

    def show_row(self, row: LogRow | None) -> None:
        """Another record, or none."""
        if row != self._row:
            self._row = row
            self._again()

    @Slot()
    def _again(self) -> None:
        row, speech = self._row, self._office.speech
        self.title.setVisible(row is not None)
        self.hint.setVisible(row is None)
        self.hint.setText(speech.say("log.pick"))
        self.title.setText(self._desk.words.what(row.record) if row is not None else "")
        self.fields = self._lines(row) if row is not None else []
        while self._form.rowCount():
            self._form.removeRow(0)
        for name, text in self.fields:
            label = PlainLabel(Role.CAPTION, muted=True)
            label.setText(name)
            shown = PlainLabel()
            shown.setText(_breakable(text))
            shown.setWordWrap(True)
            shown.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
            shown.setAccessibleName(f"{name}: {text}")
            self._form.addRow(label, shown)

    def _lines(self, row: LogRow) -> list[tuple[str, str]]:
        record, words, speech = row.record, self._desk.words, self._office.speech
        told = [
            ("when", full_stamp(record.at, words.zone)),
            ("kind", words.kind(record)),
            ("who", words.who(record)),
            ("station", record.station),
            ("where", words.where(record)),
            ("old", words.state(record.old, record.kind)),
            ("new", words.state(record.new, record.kind)),
            ("result", words.result(record) or speech.say("log.done")),
        ]
        lines = [(speech.say(f"log.detail.{name}"), text) for name, text in told if text]
        lines += [
            (words.field(name), words.value(name, text)) for name, text in record.fields.items() if text
        ]
        ends = [
            ("subject", record.subject),
            ("code", " · ".join(part for part in (record.what, record.result) if part)),
            ("sequence", f"{record.sequence:,}"),
            ("hash", row.hash or speech.say("log.detail.hidden_hash")),
        ]
        return lines + [(speech.say(f"log.detail.{name}"), text) for name, text in ends if text]


def _breakable(text: str) -> str:
    """A long word without spaces, such as a hash, in groups that a line can end between."""
    if len(text) < 40 or " " in text:
        return text
    return " ".join(text[n : n + 8] for n in range(0, len(text), 8))
