"""The alarm banner: on every level, never covered (HMI-08). City, counts by shape and number, what to look at first."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Slot
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QColor,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from console.core.alarm.facts import AckItem, AlarmFact
from console.desk.boards.alarms import AlarmCounts
from console.desk.formats import age, stamp
from console.desk.models.alarm_rows import label_of
from console.desk.office import Office
from widgets.kit.buttons import ActButton, QuietButton
from widgets.kit.colours import hover
from widgets.kit.fonts import Role, font
from widgets.kit.labels import ElideLabel, PlainLabel, plain_tip
from widgets.kit.seconds import seconds_of
from widgets.kit.space import ACT, APART, BANNER, PAD_CELL, PAD_PANEL, RADIUS
from widgets.kit.symbol import PriorityCount, PrioritySymbol
from widgets.kit.texts import Texts
from widgets.shell.flood import FloodNote
from widgets.shell.link_overlay import FrozenVeil
from widgets.shell.sound_note import UnheardFrame

_PRIORITIES = (1, 2, 3, 4)
_NARROW = 460


class WorstAlarm(QFrame):
    """The newest of the worst alarms in one line; pressed, it leads to the asset."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self._seconds = seconds_of(office.themes)
        self._fact: AlarmFact | None = None
        self._over = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setMinimumHeight(ACT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.symbol = PrioritySymbol(office.themes, 24)
        self.at = PlainLabel(Role.BODY, muted=True)
        self.text = ElideLabel(office.themes, Role.VALUE, strong=True)
        self.aside = PlainLabel(Role.BODY, muted=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(PAD_CELL, 0, PAD_CELL, 0)
        row.setSpacing(PAD_CELL)
        for widget in (self.symbol, self.at):
            row.addWidget(widget)
        row.addWidget(self.text, 1)
        row.addWidget(self.aside)

    @property
    def fact(self) -> AlarmFact | None:
        """The alarm shown, None in a quiet city."""
        return self._fact

    def sizeHint(self) -> QSize:
        return QSize(360, ACT)

    def show_fact(self, fact: AlarmFact | None) -> None:
        """Shows an alarm, or that there is none."""
        self._fact = fact
        self.say()

    def say(self) -> None:
        """Writes the line anew: language, age or alarm changed."""
        speech, catalogue = self._office.speech, self._office.catalogue.catalogue
        fact = self._fact
        self.symbol.setVisible(fact is not None)
        self.at.setVisible(fact is not None)
        if fact is None or catalogue is None or fact.alarm >= len(catalogue.alarms):
            link = self._office.link
            # Before the hub has told its alarms nobody knows whether there are any.
            known = (link.live or link.lost) and self._office.session.sees
            self.text.set_text(speech.say("shell.banner.quiet" if known else "shell.banner.unknown"))
            self.aside.setText("")
            self.setAccessibleName(self.text.text)
            return
        point = catalogue.alarms[fact.alarm]
        now = self._seconds.now_ns
        self.symbol.set_alarm(fact.priority, fact.state.letter)
        self.at.setText(stamp(fact.at_event, now))
        self.text.set_text(f"{speech.of(point.asset.name)} · {speech.of(label_of(fact, point.alarm))}")
        state = speech.say(f"alarm_state.{fact.state.letter.value}")
        since = age((now - fact.at_event) / 1e9, speech)
        # What and where come before the state, which the symbol shows too.
        self.aside.setText(since if self.width() < _NARROW else f"{since} · {state}")
        level = speech.say(f"alarm_priority.p{fact.priority}") if 1 <= fact.priority <= 4 else ""
        self.setAccessibleName(f"{level} {self.at.text()} {self.text.text} {since} · {state}")
        self.setToolTip(plain_tip(self.text.text))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.say()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self._go()

    def keyPressEvent(self, event: object) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):  # pyright: ignore
            self._go()
        else:
            super().keyPressEvent(event)  # pyright: ignore

    def _go(self) -> None:
        if self._fact is not None:
            self._office.actions.use("alarms.worst")

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Enter, QEvent.Type.Leave):
            self._over = event.type() is QEvent.Type.Enter
            self.update()
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._office.themes.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(hover(tokens) if self._over else QColor(tokens.panel))
        painter.drawRoundedRect(self.rect().adjusted(0, 2, 0, -2), RADIUS, RADIUS)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QColor(tokens.accent))
            painter.drawRoundedRect(self.rect().adjusted(1, 3, -1, -3), RADIUS, RADIUS)
            painter.drawRoundedRect(self.rect().adjusted(2, 4, -2, -4), RADIUS, RADIUS)
        painter.end()


class AlarmBanner(QWidget):
    """48 px on top of the window."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self._texts = Texts(office.speech, self)
        self.setFixedHeight(BANNER)
        self.setProperty("ground", "window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.menu_button = QuietButton(office.themes, "menu", 36)
        self.overview_button = QuietButton(office.themes, "overview", 36)
        self.city = PlainLabel(Role.SECTION, strong=True)
        self.program = PlainLabel(Role.CAPTION, muted=True)
        self.counts = {priority: PriorityCount(office.themes, priority) for priority in _PRIORITIES}
        self.flood = FloodNote(office)
        self.worst = WorstAlarm(office)
        self.ack = ActButton(office.themes, "ack")
        self.guide = ActButton(office.themes, "guide")
        self.silence = ActButton(office.themes, "silence")
        self.told = self._gather()
        self.unheard = UnheardFrame(office, self.worst)
        self.veil = FrozenVeil(office, self.told, 0.2)
        self._arrange()
        self._put_texts()
        self._connect()
        self._show_city()
        self._show_alarms()
        self._show_sounding()

    def _arrange(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(PAD_CELL, 0, PAD_CELL, 0)
        row.setSpacing(PAD_CELL)
        row.addWidget(self.menu_button)
        row.addWidget(self.program)
        row.addWidget(self.city)
        row.addWidget(self.overview_button)
        row.addSpacing(PAD_PANEL)
        row.addWidget(self.told, 1)
        row.addWidget(self.ack)
        row.addWidget(self.guide)
        row.addSpacing(APART)
        row.addWidget(self.silence)
        for button in (self.ack, self.guide, self.silence):
            button.setProperty("kind", "act")
            button.setFont(font(Role.BODY))

    def _gather(self) -> QWidget:
        told = QWidget()
        row = QHBoxLayout(told)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(PAD_CELL)
        for count in self.counts.values():
            row.addWidget(count)
        row.addSpacing(PAD_CELL)
        row.addWidget(self.flood)
        row.addWidget(self.worst, 1)
        return told

    def _put_texts(self) -> None:
        put = self._texts.put
        put(self.program.setText, "shell.program")
        put(self.menu_button.say, "shell.banner.menu")
        put(self.overview_button.say, "shell.banner.overview")
        for name, button in (("ack", self.ack), ("guide", self.guide), ("silence", self.silence)):
            put(button.setText, f"shell.banner.{name}")
        for name, button in (("ack", self.ack), ("guide", self.guide)):
            put(button.setToolTip, f"shell.banner.{name}_tip")

    def _connect(self) -> None:
        office = self._office
        office.alarms.alarms_changed.connect(self._alarms_changed)
        office.catalogue.catalogue_changed.connect(self._again)
        office.speech.lang_changed.connect(self._again)
        office.link.link_changed.connect(self._again)
        office.session.session_changed.connect(self._again)
        seconds_of(office.themes).ticked.connect(self.worst.say)
        office.annunciator.state_changed.connect(self._show_sounding)
        office.modes.modes_changed.connect(self._make_room)
        self.ack.clicked.connect(self._acknowledge)
        self.guide.clicked.connect(self._guide)
        self.silence.clicked.connect(self._silence)
        self.overview_button.clicked.connect(self._overview)
        for count in self.counts.values():
            count.clicked.connect(self._open_list)

    def set_sounding(self, sounding: bool) -> None:
        """Whether an alarm sound is playing, so that there is something to silence (ALM-21)."""
        self.silence.setEnabled(sounding)
        key = "shell.banner.silence_tip" if sounding else "shell.banner.no_sound"
        self.silence.setToolTip(self._office.speech.say(key))

    def _show_city(self) -> None:
        catalogue = self._office.catalogue.catalogue
        speech = self._office.speech
        name = speech.of(catalogue.site.name) if catalogue is not None else ""
        self.city.setText(speech.say("shell.banner.city", city=name) if name else "")

    def _show_alarms(self) -> None:
        sees, speech = self._office.session.sees, self._office.speech
        counts = self._office.alarms.counts() if sees else AlarmCounts()
        listed = self._office.alarms.listed() if sees else []
        unacked = {fact.priority for fact in listed if not fact.state.acked}
        for priority, count in zip(_PRIORITIES, counts[:4], strict=True):
            button = self.counts[priority]
            button.set_count(count, unacked=priority in unacked)
            level = speech.say(f"alarm_priority.p{priority}")
            told = speech.say("shell.banner.count", level=level, n=count)
            button.setAccessibleName(told)
            button.setToolTip(told)
        worst = self._office.alarms.worst_newest() if sees else None
        self.worst.show_fact(worst)
        live = self._office.link.live
        self.ack.setEnabled(worst is not None and not worst.state.acked and live)
        self.guide.setEnabled(worst is not None)

    def _announce(self, facts: tuple[AlarmFact, ...]) -> None:
        worst = self.worst.fact
        if worst is None or worst.priority != 1 or worst.state.acked or worst not in facts:
            return
        said = QAccessibleAnnouncementEvent(self, self.worst.accessibleName())
        said.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
        QAccessible.updateAccessibility(said)

    @Slot(object)
    def _alarms_changed(self, facts: tuple[AlarmFact, ...]) -> None:
        self._show_alarms()
        self._announce(facts)

    @Slot()
    def _make_room(self) -> None:
        self.program.setHidden(self._office.modes.flood.active)

    @Slot()
    def _show_sounding(self) -> None:
        annunciator = self._office.annunciator
        self.set_sounding(annunciator.sounding is not None and not annunciator.unheard)

    @Slot()
    def _again(self) -> None:
        self._show_city()
        self._show_alarms()
        self._show_sounding()

    @Slot()
    def _acknowledge(self) -> None:
        fact = self.worst.fact
        if fact is not None and not fact.state.acked:
            self._office.acts.ack([AckItem(fact.alarm, fact.occurrence, fact.priority)])

    @Slot()
    def _guide(self) -> None:
        self._office.actions.use("alarms.worst")
        self._office.actions.use("help.guidance")

    @Slot()
    def _silence(self) -> None:
        self._office.actions.use("alarms.silence")

    @Slot()
    def _overview(self) -> None:
        self._office.actions.use("view.level1")

    @Slot()
    def _open_list(self) -> None:
        self._office.actions.use("view.level2")
