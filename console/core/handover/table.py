"""The states of a shift handover as one table; a missing key is the refusal."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from console.core.handover.facts import HandoverState
from console.core.handover.reasons import HandoverReason


class HandoverInput(StrEnum):
    """What may happen to a handover; the first are acts of persons."""

    REMARK = "REMARK"
    OFFER = "OFFER"
    WITHDRAW = "WITHDRAW"
    TAKE_UP = "TAKE_UP"
    """Somebody begins to accept."""
    GIVE_BACK = "GIVE_BACK"
    """The incoming person goes on no further; what was accepted stays for him."""
    ACCEPT = "ACCEPT"
    ASK = "ASK"
    OBJECT = "OBJECT"
    ANSWER = "ANSWER"
    REFUSE = "REFUSE"
    SIGN_OUTGOING = "SIGN_OUTGOING"
    SIGN_INCOMING = "SIGN_INCOMING"
    BOTH_SIGNED = "BOTH_SIGNED"
    SIGNED_ALONE = "SIGNED_ALONE"
    """The incoming person has signed, and the outgoing one had left without."""
    CHANGED = "CHANGED"
    """The city is not what it was: items came, went or changed."""
    LEFT = "LEFT"
    """The outgoing person's last session has ended."""
    BACK = "BACK"
    OFFER_DUE = "OFFER_DUE"
    """Nobody has taken it up in time."""
    SILENT = "SILENT"
    """The incoming person's session has ended, or he has done nothing for long."""
    SETTLED = "SETTLED"
    """Areas, procedures and notes have followed."""


_S = HandoverState
_I = HandoverInput

_ALWAYS: Final = (_I.REMARK, _I.CHANGED, _I.BACK)

TABLE: Final[dict[HandoverState, dict[HandoverInput, HandoverState]]] = {
    _S.DRAFTED: {
        **dict.fromkeys(_ALWAYS, _S.DRAFTED),
        _I.OFFER: _S.OFFERED,
        _I.WITHDRAW: _S.WITHDRAWN,
        # Who leaves has offered it to whoever comes: what was written down must not be lost with him.
        _I.LEFT: _S.OFFERED,
    },
    _S.OFFERED: {
        **dict.fromkeys(_ALWAYS, _S.OFFERED),
        _I.WITHDRAW: _S.WITHDRAWN,
        _I.TAKE_UP: _S.ACCEPTING,
        _I.REFUSE: _S.REFUSED,
        _I.ANSWER: _S.OFFERED,
        _I.SIGN_OUTGOING: _S.OFFERED,
        _I.LEFT: _S.OFFERED,
        _I.OFFER_DUE: _S.DRAFTED,
    },
    _S.ACCEPTING: {
        **dict.fromkeys(_ALWAYS, _S.ACCEPTING),
        _I.WITHDRAW: _S.WITHDRAWN,
        _I.GIVE_BACK: _S.OFFERED,
        _I.ACCEPT: _S.ACCEPTING,
        _I.ASK: _S.ACCEPTING,
        _I.OBJECT: _S.ACCEPTING,
        _I.ANSWER: _S.ACCEPTING,
        _I.REFUSE: _S.REFUSED,
        _I.SIGN_OUTGOING: _S.ACCEPTING,
        _I.SIGN_INCOMING: _S.ACCEPTING,
        _I.BOTH_SIGNED: _S.SIGNED,
        _I.SIGNED_ALONE: _S.TAKEN,
        _I.LEFT: _S.ACCEPTING,
        _I.SILENT: _S.OFFERED,
    },
    _S.SIGNED: {_I.SETTLED: _S.SIGNED},
    _S.TAKEN: {_I.SETTLED: _S.TAKEN},
    _S.REFUSED: {},
    _S.WITHDRAWN: {},
}


def refusal(state: HandoverState) -> HandoverReason:
    """Why an input that the table does not name is refused."""
    return HandoverReason.HANDOVER_OVER if state.over else HandoverReason.HANDOVER_STATE
