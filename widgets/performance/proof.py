"""Why a change is proposed, and its proof: the recorded data played again with it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from console.core.alarm.nuisance import Nuisance
from console.desk.boards.session import Permission
from console.desk.formats import number
from console.desk.office import Office
from console.desk.performance import PerformanceDesk, TrialResult
from widgets.kit.buttons import ActButton
from widgets.kit.fonts import Role
from widgets.kit.labels import PlainLabel
from widgets.kit.space import APART, PAD_CELL, PAD_PANEL, STEP
from widgets.performance.offenders import OffenderRows


class ProofBar(QWidget):
    """Below the worklist. One proof at a time; it can be stopped."""

    prove_requested = Signal(object)
    """Nuisance with a change."""

    def __init__(self, office: Office, desk: PerformanceDesk, rows: OffenderRows) -> None:
        super().__init__()
        self._office = office
        self._desk = desk
        self._rows = rows
        self._entry: Nuisance | None = None
        self._asked: Nuisance | None = None
        self._result: TrialResult | None = None
        self.why = PlainLabel(Role.BODY)
        self.outcome = PlainLabel(Role.BODY, strong=True)
        self.act = ActButton(office.themes, "history")
        self.apply = ActButton(office.themes)
        self._sure = False
        for label in (self.why, self.outcome):
            label.setWordWrap(True)
            label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        told = QVBoxLayout()
        told.setSpacing(STEP)
        told.addWidget(self.why)
        told.addWidget(self.outcome)
        row = QHBoxLayout(self)
        row.setContentsMargins(PAD_PANEL, PAD_CELL, PAD_PANEL, PAD_CELL)
        row.setSpacing(PAD_PANEL)
        row.addLayout(told, 1)
        row.addWidget(self.act, 0, Qt.AlignmentFlag.AlignTop)
        row.addSpacing(APART)
        row.addWidget(self.apply, 0, Qt.AlignmentFlag.AlignTop)
        self.act.clicked.connect(self._act)
        self.apply.clicked.connect(self._apply)
        office.session.session_changed.connect(self._session_changed)
        office.link.link_changed.connect(self._session_changed)
        desk.tried.connect(self._tried)
        office.speech.lang_changed.connect(self.say)
        self.say()

    def show_entry(self, entry: Nuisance | None) -> None:
        """Shows why the change of an entry is proposed."""
        self._entry = entry
        self._sure = False
        self.say()

    @Slot()
    def say(self) -> None:
        """Writes everything anew."""
        speech, entry = self._office.speech, self._entry
        running = bool(self._desk.trying)
        self.act.setText(speech.say(f"performance.proof.{'stop' if running else 'act'}"))
        self.act.setVisible(
            running or (entry is not None and entry.change is not None and self._desk.can_try)
        )
        self._say_apply()
        if entry is None:
            has_any = bool(self._rows.entries)
            self.why.setText(
                speech.say("performance.proof.choose" if has_any else "performance.worklist_empty")
            )
        else:
            self.why.setText(f"{self._rows.name(entry)}\n{self._why(entry)}")
        self.outcome.setText(self._outcome())
        self.outcome.setVisible(bool(self.outcome.text()))

    def _say_apply(self) -> None:
        """Offered to who answers for definitions; the second press is the one that does it."""
        speech, entry, office = self._office.speech, self._entry, self._office
        point = self._rows.point(entry) if entry is not None else None
        offered = entry is not None and entry.change is not None and point is not None
        self.apply.setVisible(offered and office.session.may(Permission.CONFIGURE))
        self.apply.setEnabled(office.link.live)
        self.apply.setText(speech.say(f"performance.proof.{'apply_sure' if self._sure else 'apply'}"))
        self.apply.setToolTip(speech.say("performance.proof.apply_tip"))

    def _why(self, entry: Nuisance) -> str:
        speech = self._office.speech
        why = speech.say(f"performance.why.{entry.reason}")
        if entry.change is None:
            return why
        seen = speech.say("performance.why.seen", why=why, n=entry.change.evidence)
        return f"{seen} · {self._rows.change(entry)}"

    def _outcome(self) -> str:
        speech, asked, result = self._office.speech, self._asked, self._result
        if self._sure and self._entry is not None:
            return speech.say("performance.proof.apply_ask", change=self._rows.change(self._entry))
        if self._desk.trying and asked is not None:
            return speech.say("performance.proof.running", change=self._rows.change(asked))
        if asked is not None and result is not None and (self._entry is None or asked is self._entry):
            return self._told(asked, result)
        point = self._rows.point(self._entry) if self._entry is not None else None
        if self._entry is None or self._entry.change is None or self._desk.can_try or point is None:
            return ""
        return speech.say("performance.proof.elsewhere", setting=self._entry.change.setting(point.key))

    def _told(self, asked: Nuisance, result: TrialResult) -> str:
        speech, point = self._office.speech, self._rows.point(asked)
        if result.stopped or point is None:
            return ""
        if result.error:
            return speech.say("performance.proof.failed", why=result.error)
        if not result.rows:
            return speech.say("performance.proof.nothing")
        before, after = result.of(point.key)
        all_before, all_after = result.total
        return speech.say(
            "performance.proof.result",
            name=self._rows.name(asked),
            before=before,
            after=after,
            all_before=all_before,
            all_after=all_after,
            change=self._rows.change(asked),
            rows=number(result.rows, 0),
        )

    @Slot()
    def _act(self) -> None:
        if self._desk.trying:
            self._desk.stop_trial()
        elif self._entry is not None and self._entry.change is not None:
            self._asked, self._result = self._entry, None
            self.prove_requested.emit(self._entry)
        self.say()

    @Slot()
    def _apply(self) -> None:
        entry = self._entry
        point = self._rows.point(entry) if entry is not None else None
        if entry is None or entry.change is None or point is None:
            return
        if self._sure:
            speech = self._office.speech
            reason = speech.say(
                "performance.proof.reason",
                why=speech.say(f"performance.why.{entry.reason}"),
                change=self._rows.change(entry),
            )
            self._office.acts.redefine(point.index, {entry.change.field: entry.change.new}, reason)
        self._sure = not self._sure
        self.say()

    @Slot(object)
    def _session_changed(self, _fact: object) -> None:
        self._say_apply()

    @Slot(object)
    def _tried(self, result: TrialResult) -> None:
        self._result = result
        self.say()
