"""The link is lost: a bar that says since when, and a veil under which nothing looks live (ALM-10)."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt, Slot
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QColor, QPainter, QPaintEvent, QRegion
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from console.desk.boards import LinkFact
from console.desk.formats import age, clock
from console.desk.office import Office
from widgets.kit.colours import faded
from widgets.kit.flash import flash_of
from widgets.kit.fonts import Role
from widgets.kit.icons import pixmap
from widgets.kit.labels import PlainLabel
from widgets.kit.quality import hatch
from widgets.kit.seconds import seconds_of
from widgets.kit.space import PAD_PANEL
from widgets.kit.veil import NEEDS_NO_HUB

_HEIGHT = 40


class LinkBar(QWidget):
    """One line under the banner in inverse video; hidden while the link is live or not yet made."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self._seconds = seconds_of(office.themes)
        self.setFixedHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._picture = QLabel()
        self.headline = PlainLabel(Role.VALUE, strong=True)
        self.detail = PlainLabel(Role.BODY)
        row = QHBoxLayout(self)
        row.setContentsMargins(PAD_PANEL, 0, PAD_PANEL, 0)
        row.setSpacing(PAD_PANEL)
        row.addWidget(self._picture)
        row.addWidget(self.headline)
        row.addWidget(self.detail, 1)
        self._dress()
        self._show_fact()
        office.themes.theme_changed.connect(self._retheme)
        office.speech.lang_changed.connect(self._again)
        office.link.link_changed.connect(self._take)
        self._seconds.ticked.connect(self._again)

    def _dress(self) -> None:
        tokens = self._office.themes.tokens
        self.setStyleSheet(f"LinkBar {{ background: {tokens.text}; }} QLabel {{ color: {tokens.panel}; }}")
        self._picture.setPixmap(pixmap("link_lost", tokens.panel, 24, self.devicePixelRatioF()))

    def _show_fact(self) -> None:
        lost = self._office.link.lost
        self.setVisible(lost)
        if not lost:
            return
        fact, speech = self._office.link.fact, self._office.speech
        self.headline.setText(speech.say("shell.link.lost", at=clock(fact.frozen_at_ns or fact.since_ns)))
        elapsed = age((self._seconds.now_ns - fact.since_ns) / 1e9, speech)
        why = f"link.why.{fact.why}"
        cause = speech.say(why) if fact.why and speech.knows(why) else fact.detail
        key = "shell.link.retry_why" if cause else "shell.link.retry"
        self.detail.setText(speech.say(key, age=elapsed, why=cause))
        self.setAccessibleName(f"{self.headline.text()} {self.detail.text()}")

    @Slot(object)
    def _take(self, fact: LinkFact) -> None:
        was = self.isVisible()
        self._show_fact()
        if self._office.link.lost and not was:
            said = QAccessibleAnnouncementEvent(self, self.headline.text())
            said.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
            QAccessible.updateAccessibility(said)

    @Slot()
    def _again(self) -> None:
        if self._office.link.lost or self.isVisible():
            self._show_fact()

    @Slot(object)
    def _retheme(self, _tokens: object) -> None:
        self._dress()


class FrozenVeil(QWidget):
    """Covers `target` with a grey hatch while the link is lost; looks may go through, nothing seems live."""

    def __init__(self, office: Office, target: QWidget, share: float = 0.45) -> None:
        super().__init__(target)
        self._office = office
        self._share = share
        self._flash = flash_of(office.themes)
        self._target = target
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        target.installEventFilter(self)
        office.link.link_changed.connect(self._take)
        self._cover()

    def _cover(self) -> None:
        lost = self._office.link.lost
        self._flash.set_frozen(lost)
        self.setVisible(lost)
        if lost:
            self.setGeometry(self._target.rect())
            self.raise_()

    def _covered(self) -> QRegion:
        """All but the panes that show nothing of the hub and go on without it."""
        region = QRegion(self.rect())
        for pane in self._target.findChildren(QWidget, NEEDS_NO_HUB):
            if pane.isVisible():
                region -= QRegion(QRect(pane.mapTo(self._target, QPoint(0, 0)), pane.size()))
        return region

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._office.themes.tokens
        painter = QPainter(self)
        painter.setClipRegion(self._covered())
        painter.fillRect(self.rect(), faded(QColor(tokens.window), self._share))
        painter.fillRect(QRectF(self.rect()), hatch(tokens, 0.28))
        painter.end()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kinds = (QEvent.Type.Resize, QEvent.Type.ChildAdded, QEvent.Type.LayoutRequest)
        if watched is self._target and event.type() in kinds and self.isVisible():
            self.setGeometry(self._target.rect())
            self.raise_()
        return False

    @Slot(object)
    def _take(self, _fact: object) -> None:
        self._cover()
