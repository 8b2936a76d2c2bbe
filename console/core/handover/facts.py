"""A shift handover as every console sees it; times are UTC ns, 0 where it has not happened."""

from __future__ import annotations

from enum import StrEnum
from hashlib import sha256

import msgspec

TEXT_MAX = 500
"""Characters of a remark, a question or an answer."""


class HandoverState(StrEnum):
    """States of one handover; the last four are over."""

    DRAFTED = "drafted"
    OFFERED = "offered"
    ACCEPTING = "accepting"
    SIGNED = "signed"
    """By both."""
    TAKEN = "taken"
    """By the incoming person alone, for the outgoing one had left without signing."""
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"

    @property
    def over(self) -> bool:
        """Whether nothing more will happen."""
        return self not in (HandoverState.DRAFTED, HandoverState.OFFERED, HandoverState.ACCEPTING)

    @property
    def moved(self) -> bool:
        """Whether responsibility has gone to the incoming person."""
        return self in (HandoverState.SIGNED, HandoverState.TAKEN)


class ItemKind(StrEnum):
    """What an item is about, in the order of the list."""

    STANDING = "standing"
    SHELVED = "shelved"
    SUPPRESSED = "suppressed"
    OUT_OF_SERVICE = "out_of_service"
    OVERRIDE = "override"
    """A definition changed at run time, an area in maintenance mode, a value set by hand or simulated."""
    LOCKOUT = "lockout"
    COMMAND = "command"
    RUN = "run"
    FEED = "feed"
    NOTE = "note"


class Change(StrEnum):
    """What became of an item since the last handover of its area."""

    NEW = "new"
    STILL = "still"
    ALTERED = "altered"
    """It stood then, and is not the same now."""
    ENDED = "ended"


class HandoverItem(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that the incoming person must know of."""

    key: str
    """`kind:subject`, the same as long as it is the same thing."""
    kind: ItemKind
    subject: str
    """`asset.alarm`, `asset.tag`, asset, area, procedure, feed, or the author of a note."""
    area: str = ""
    """Empty: of the whole site."""
    since: int = 0
    until: int = 0
    what: str = ""
    """Its state: letter of an alarm, kind of a tag, state of a command, a run or a feed."""
    text: str = ""
    """Reason or text that somebody gave."""
    by: str = ""
    priority: int = 0
    level: int = 0
    """Of an alarm with several levels: the one that stands."""
    mark: str = ""
    """Tells what of it matters now; an acceptance holds for this mark alone."""
    ref: str = ""
    """Id of the occurrence, tag, command, run or note."""
    change: Change = Change.NEW
    moved: bool = False
    """It has changed or come while the handover went on, and has not been accepted since."""
    remark: str = ""
    accepted_by: str = ""
    accepted_at: int = 0
    question: str = ""
    """What the incoming person wants to know of it, or objects to."""
    objection: bool = False
    """`question` is an objection: it is accepted under protest, and no answer is owed."""
    answer: str = ""

    @property
    def waits(self) -> bool:
        """Whether a question about it has no answer yet."""
        return bool(self.question) and not self.objection and not self.answer

    @property
    def done(self) -> bool:
        """Whether the incoming person has accepted it as it is."""
        return bool(self.accepted_by) and not self.waits


class Party(msgspec.Struct, frozen=True, kw_only=True):
    """One of the two who sign."""

    who: str
    """The account."""
    name: str
    human: str
    """The human being, who may have several accounts; at a single seat the name that was said."""
    station: str = ""
    session: str = ""
    """First characters of the session."""
    passwordless: bool = False
    """Nobody has proved anything: a single seat without accounts."""
    signed_at: int = 0
    proof: str = ""
    """How the signature was proved: password, directory, or `name` at a single seat."""
    signed_digest: str = ""
    """Digest of the list that was signed."""


class HandoverFact(msgspec.Struct, frozen=True, kw_only=True):
    """One handover. Of those that are over, `items` are left out until they are asked for."""

    id: str
    state: HandoverState
    areas: tuple[str, ...]
    outgoing: Party
    incoming: Party | None = None
    to: str = ""
    """Account it is offered to; empty: to whoever comes."""
    items: tuple[HandoverItem, ...] = ()
    count: int = 0
    """Number of items, also where they are left out."""
    remark: str = ""
    at: int
    """When it was drafted."""
    offered_at: int = 0
    taken_up_at: int = 0
    ended_at: int = 0
    until: int = 0
    """When its present state ends by itself; 0 for never."""
    since: int = 0
    """The last handover of these areas, the earliest of them; 0: there was none."""
    left_at: int = 0
    """When the outgoing person left, who has not come back."""
    digest: str = ""
    """Of the list as it is; a signature is bound to it."""
    by: str = ""
    """Who ended it."""
    reason: str = ""
    """Why it was refused, withdrawn or given back."""
    settled: bool = False
    """Areas, procedures and notes have followed the signatures."""
    moved: tuple[str, ...] = ()
    """Areas whose lease went to the incoming person."""
    kept: tuple[str, ...] = ()
    """Areas that somebody else held, who goes on holding them."""
    runs: tuple[str, ...] = ()
    """Runs of procedures that the incoming person owns now."""
    locked: int = 0
    """Notes that can only be corrected by a further one from now on."""

    @property
    def remaining(self) -> int:
        """Items that the incoming person has not accepted."""
        return sum(not item.done for item in self.items)


class Seen(msgspec.Struct, frozen=True):
    """What a person accepts: this item as it was seen."""

    key: str
    mark: str


class Duty(msgspec.Struct, frozen=True, kw_only=True):
    """Who answers for an area since its last handover: alarms that nobody acknowledges are told to this person."""

    area: str
    who: str
    name: str
    since: int
    handover: str


class Baseline(msgspec.Struct, frozen=True, kw_only=True):
    """What was handed over last in an area: the difference is told from it."""

    duty: Duty
    items: tuple[HandoverItem, ...] = ()


def mark_of(*parts: object) -> str:
    """A short mark over what matters of an item."""
    return _digest("\x1f".join(str(part) for part in parts))


def list_digest(items: tuple[HandoverItem, ...], remark: str) -> str:
    """Digest over everything that is signed: the items as they are, and what was said of them."""
    lines = [
        "\x1f".join((i.key, i.mark, i.change, i.remark, i.question, str(i.objection), i.answer))
        for i in items
    ]
    return sha256("\x1e".join((remark, *lines)).encode()).hexdigest()


def bare(fact: HandoverFact) -> HandoverFact:
    """The handover without its items."""
    return msgspec.structs.replace(fact, items=())


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]
