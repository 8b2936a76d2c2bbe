"""How the ledger stands, in one line: verified up to when, or what is wrong with it."""

from __future__ import annotations

from datetime import tzinfo

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from console.core.ledger.facts import DISK_WARNING, LedgerFact
from console.desk.formats import SEOUL, full_stamp, stamp, zone
from console.desk.office import Office
from widgets.kit.fonts import Role
from widgets.kit.icons import pixmap
from widgets.kit.labels import PlainLabel, plain_tip
from widgets.kit.seconds import seconds_of
from widgets.kit.space import STEP

_MARK = 8
"""Hex digits of a fingerprint that are shown."""
_SIGN = 16


class LedgerStanding(QWidget):
    """Muted while all is well; a fault has the colour of diagnostics and a sign: red is for alarms (HMI-02)."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self.sign = QLabel()
        self.text = PlainLabel(Role.CAPTION)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(STEP)
        box.addWidget(self.sign)
        box.addWidget(self.text, 1)
        office.ledger.ledger_changed.connect(self._again)
        office.speech.lang_changed.connect(self._again)
        office.themes.theme_changed.connect(self._again)
        office.catalogue.catalogue_changed.connect(self._again)
        self._again()

    @property
    def bad(self) -> bool:
        """Whether something has to be done."""
        fact = self._office.ledger.fact
        unsigned = bool(fact.records) and not fact.key
        return bool(fact.fault or fact.stopped) or unsigned or fact.disk_used >= DISK_WARNING

    @Slot()
    def _again(self) -> None:
        fact, tokens, bad = self._office.ledger.fact, self._office.themes.tokens, self.bad
        self.text.setText(self._line(fact))
        self.text.setStyleSheet(
            f"color: {tokens.diag if bad else tokens.text2}; font-weight: {600 if bad else 400}"
        )
        self.text.setWordWrap(bad)
        self.sign.setVisible(bad)
        if bad:
            self.sign.setPixmap(pixmap("warning", tokens.diag, _SIGN, self.devicePixelRatioF()))
        tip = plain_tip(self._tip(fact))
        self.setToolTip(tip)
        self.setAccessibleName(self.text.text())

    def _line(self, fact: LedgerFact) -> str:
        speech = self._office.speech
        if fact.fault:
            key = f"ledger.fault.{fact.fault}"
            what = speech.say(key) if speech.knows(key) else fact.fault
            return speech.say("log.ledger.fault", n=f"{fact.fault_at:,}", what=what)
        if fact.stopped:
            return speech.say("log.ledger.stopped", why=fact.stopped)
        if fact.disk_used >= DISK_WARNING:
            return speech.say("log.ledger.filling", n=round(fact.disk_used * 100))
        if fact.records and not fact.key:
            return speech.say("log.ledger.unsigned")
        if not fact.verified_at:
            return speech.say("log.ledger.waiting")
        mark = f"{fact.key[:_MARK]}…"
        if fact.records - fact.verified_to > max(1000, fact.records // 100):
            return speech.say(
                "log.ledger.verifying", n=f"{fact.verified_to:,}", all=f"{fact.records:,}", mark=mark
            )
        at = stamp(fact.verified_at, seconds_of(self._office.themes).now_ns, self._zone())
        return speech.say("log.ledger.verified", time=at, n=f"{fact.verified_to:,}", mark=mark)

    def _tip(self, fact: LedgerFact) -> str:
        if not fact.key:
            return ""
        at = full_stamp(fact.signed_at, self._zone())
        return self._office.speech.say(
            "log.ledger.tip", n=f"{fact.signed_to:,}", time=at, fingerprint=fact.key, hash=fact.head
        )

    def _zone(self) -> tzinfo:
        catalogue = self._office.catalogue.catalogue
        return zone(catalogue.site.time_zone) if catalogue is not None else SEOUL
