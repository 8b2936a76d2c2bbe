"""Who hands over and who takes over, and whether they have signed."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QVBoxLayout

from console.core.handover.facts import HandoverFact, Party
from console.desk.office import Office
from widgets.kit.fonts import Role
from widgets.kit.labels import PlainLabel
from widgets.kit.seconds import seconds_of
from widgets.kit.space import PAD_CELL


class Signatures(QFrame):
    """Two parties, each with name and signature in words."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self.names = (PlainLabel(Role.BODY, strong=True), PlainLabel(Role.BODY, strong=True))
        self.signed = (PlainLabel(Role.CAPTION, muted=True), PlainLabel(Role.CAPTION, muted=True))
        self.note = PlainLabel(Role.CAPTION, muted=True)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(2)
        for name, signed in zip(self.names, self.signed, strict=True):
            box.addWidget(name)
            box.addWidget(signed)
            box.addSpacing(PAD_CELL // 2)
        box.addWidget(self.note)
        for label in (*self.names, *self.signed, self.note):
            label.setWordWrap(True)

    def show_fact(self, fact: HandoverFact) -> None:
        """The parties of this handover."""
        say, words = self._office.speech.say, self._office.handover_words
        sides = (("outgoing", fact.outgoing), ("incoming", fact.incoming))
        for (side, party), name, signed in zip(sides, self.names, self.signed, strict=True):
            who = words.party(party) if party is not None else say("handover.side.nobody")
            name.setText(f"{say(f'handover.side.{side}')}  {who}")
            signed.setText(self._signature(fact, party))
        passwordless = fact.outgoing.passwordless
        self.note.setText(say("handover.by_name") if passwordless else "")
        self.note.setVisible(passwordless)

    def _signature(self, fact: HandoverFact, party: Party | None) -> str:
        say = self._office.speech.say
        if party is None:
            return ""
        if not party.signed_at:
            gone = fact.state.over and party is fact.outgoing and bool(fact.left_at)
            return say("handover.side.gone" if gone else "handover.side.unsigned")
        at = self._office.handover_words.at(party.signed_at, seconds_of(self._office.themes).now_ns)
        return say("handover.side.signed", at=at, proof=say(f"handover.proof.{party.proof}"))
