"""The fields that an order and a plan have in common: kind, subject, language and formats."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QHBoxLayout, QWidget

from console.desk.office import Office
from console.desk.reports.wish import ABOUT_ONE, FORMATS, LANGS
from console.report.facts.record import Kind
from widgets.kit.fonts import Role, font
from widgets.kit.labels import ElideLabel, PlainLabel
from widgets.kit.space import ROW, STEP, TARGET


class ReportChoices(QObject):
    """Fields in a form of somebody's; what was chosen last is chosen again."""

    changed = Signal()

    def __init__(self, office: Office, form: QFormLayout, parent: QObject) -> None:
        super().__init__(parent)
        self._office = office
        self._labels: list[tuple[PlainLabel, str]] = []
        self._about = ""
        self.kind = QComboBox()
        self.about = ElideLabel(office.themes)
        self.lang = QComboBox()
        self.formats = {name: QCheckBox(name.upper()) for name in FORMATS}
        settings = office.settings
        for kind in Kind:
            self.kind.addItem("", kind.value)
        for lang in LANGS:
            self.lang.addItem("", lang)
        self.lang.setCurrentIndex(LANGS.index(settings.text("report_lang")))
        chosen = settings.text("report_formats").split(",")
        for name, box in self.formats.items():
            box.setChecked(name in chosen)
        self._dress()
        self.row(form, "kind", self.kind)
        self.about_label = self.row(form, "about", self.about)
        self.row(form, "lang", self.lang)
        self.row(form, "formats", self._format_box())
        self.kind.currentIndexChanged.connect(self._tell)
        self.lang.currentIndexChanged.connect(self._tell)
        for box in self.formats.values():
            box.toggled.connect(self._tell)
        office.selection.asset_selected.connect(self._tell)
        office.catalogue.catalogue_changed.connect(self._tell)
        office.speech.lang_changed.connect(self.say)
        self.say()

    def row(self, form: QFormLayout, name: str, widget: QWidget) -> PlainLabel:
        """A field with its label `reportpage.<name>`."""
        label = PlainLabel(Role.CAPTION, muted=True)
        self._labels.append((label, f"reportpage.{name}"))
        label.setText(self._office.speech.say(f"reportpage.{name}"))
        form.addRow(label, widget)
        widget.setAccessibleName(label.text())
        return label

    @property
    def subject(self) -> str:
        """Id of the asset it is about; empty for kinds that are about the whole site."""
        if str(self.kind.currentData()) not in ABOUT_ONE:
            return ""
        return self._about or self._office.selection.asset

    @property
    def wanted_formats(self) -> tuple[str, ...]:
        """Endings that are ticked."""
        return tuple(name for name, box in self.formats.items() if box.isChecked())

    def choose(self, kind: str, lang: str, formats: tuple[str, ...], about: str = "") -> None:
        """Stand as a plan says; its subject stays whatever is selected."""
        self._about = about
        self.kind.setCurrentIndex(max(0, self.kind.findData(kind)))
        self.lang.setCurrentIndex(max(0, self.lang.findData(lang)))
        for name, box in self.formats.items():
            box.setChecked(name in formats)
        self._tell()

    def remember(self) -> None:
        """Begin with these the next time."""
        self._office.settings.put("report_lang", str(self.lang.currentData()))
        self._office.settings.put("report_formats", ",".join(self.wanted_formats))

    def _dress(self) -> None:
        for combo in (self.kind, self.lang):
            combo.setFont(font(Role.BODY))
            combo.setMinimumHeight(ROW)
        for box in self.formats.values():
            box.setFont(font(Role.CAPTION))
            box.setMinimumHeight(TARGET)

    def _format_box(self) -> QWidget:
        box = QWidget()
        line = QHBoxLayout(box)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(STEP)
        for widget in self.formats.values():
            line.addWidget(widget)
        line.addStretch(1)
        return box

    @Slot()
    def say(self) -> None:
        """Everything in the present language."""
        say = self._office.speech.say
        for label, key in self._labels:
            label.setText(say(key))
        for place, kind in enumerate(Kind):
            self.kind.setItemText(place, say(f"reports.kind.{kind.value}"))
        for place, lang in enumerate(LANGS):
            self.lang.setItemText(place, say(f"reportpage.langs.{lang}"))
        self._tell()

    @Slot()
    def _tell(self) -> None:
        office = self._office
        about_one = str(self.kind.currentData()) in ABOUT_ONE
        self.about.setVisible(about_one)
        self.about_label.setVisible(about_one)
        catalogue = office.catalogue.catalogue
        asset = catalogue.assets.get(self.subject) if catalogue is not None else None
        self.about.set_text(
            office.speech.of(asset.name) if asset else office.speech.say("reportpage.about_none")
        )
        self.changed.emit()
