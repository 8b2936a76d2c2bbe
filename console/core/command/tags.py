"""Lock-out and caution tags on equipment: hung by their owner, several at once, taken down by name (CMD-08).

A tag hangs until a person takes it down: neither its planned end nor a restart of the hub removes it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from enum import StrEnum
from typing import Final

import msgspec

from console.core.batch import NS
from console.core.command.control_facts import TagFact, TagKind
from console.core.command.reasons import CommandReason
from console.core.errors import CommandRefused
from console.core.plaintext import first_forbidden

TEXT_MAX: Final = 200
TAGS_MAX: Final = 20
"""On one asset."""
LONGEST_NS: Final = 400 * 24 * 3600 * NS


class TagOrder(msgspec.Struct, frozen=True, kw_only=True):
    """A tag to hang."""

    asset: str
    kind: TagKind
    text: str
    until: int = 0


class TagActor(msgspec.Struct, frozen=True, kw_only=True):
    """Who hangs or takes down a tag, when (UTC ns)."""

    who: str
    name: str
    at: int
    supervisor: bool = False


class Remover(StrEnum):
    """What the one who takes a tag down is to it."""

    OWNER = "owner"
    SUPERVISOR = "supervisor"
    OTHER = "other"


class TagState(StrEnum):
    """Whether a tag hangs."""

    HUNG = "hung"
    GONE = "gone"


REMOVAL: Final[dict[TagState, dict[Remover, CommandReason | None]]] = {
    TagState.HUNG: {
        Remover.OWNER: None,
        # Only with a reason: see `remove`.
        Remover.SUPERVISOR: None,
        Remover.OTHER: CommandReason.NOT_OWNER,
    },
    TagState.GONE: dict.fromkeys(Remover, CommandReason.UNKNOWN_TAG),
}
"""Who may take down what; the reason is the refusal."""

_HOLDS: Final[dict[bool | None, frozenset[TagKind]]] = {
    True: frozenset({TagKind.INHIBIT_ALL, TagKind.INHIBIT_ON}),
    False: frozenset({TagKind.INHIBIT_ALL, TagKind.INHIBIT_OFF}),
    # A command of which nobody knows what it does is held by any inhibition.
    None: frozenset({TagKind.INHIBIT_ALL, TagKind.INHIBIT_ON, TagKind.INHIBIT_OFF}),
}


class TagBoard:
    """All tags that hang. Acts raise CommandRefused and then change nothing."""

    def __init__(self, assets: Collection[str]) -> None:
        self._assets = assets
        self._hung: dict[str, TagFact] = {}
        self._changed: list[TagFact] = []

    def restore(self, facts: Iterable[TagFact]) -> None:
        """Tags from before a restart; those of assets that are gone from the profile are kept too."""
        self._hung.update({fact.id: fact for fact in facts if not fact.removed})

    def facts(self) -> list[TagFact]:
        """Every tag that hangs, oldest first."""
        return list(self._hung.values())

    def fact(self, tag_id: str) -> TagFact | None:
        """A tag that hangs."""
        return self._hung.get(tag_id)

    def changes(self) -> list[TagFact]:
        """Tags hung or taken down since the last call; drains."""
        changed, self._changed = self._changed, []
        return changed

    def place(self, tag_id: str, order: TagOrder, actor: TagActor) -> TagFact:
        """Hang a tag; raises UNKNOWN_ASSET, REASON_REQUIRED, FORMAT, OUT_OF_RANGE, TOO_MANY_OPS."""
        if order.asset not in self._assets:
            raise CommandRefused(CommandReason.UNKNOWN_ASSET)
        text = checked_text(order.text, TEXT_MAX)
        if order.until and not actor.at < order.until <= actor.at + LONGEST_NS:
            raise CommandRefused(CommandReason.OUT_OF_RANGE)
        if len(self.on(order.asset)) >= TAGS_MAX:
            raise CommandRefused(CommandReason.TOO_MANY_OPS)
        fact = TagFact(
            id=tag_id,
            asset=order.asset,
            kind=order.kind,
            text=text,
            owner=actor.who,
            owner_name=actor.name,
            at=actor.at,
            until=order.until,
        )
        self._hung[tag_id] = fact
        self._changed.append(fact)
        return fact

    def remove(self, tag_id: str, reason: str, actor: TagActor) -> TagFact:
        """Take a tag down; raises UNKNOWN_TAG, NOT_OWNER, REASON_REQUIRED, FORMAT."""
        fact = self._hung.get(tag_id)
        state = TagState.GONE if fact is None else TagState.HUNG
        remover = _remover(fact, actor)
        refusal = REMOVAL[state][remover]
        if refusal is not None or fact is None:
            raise CommandRefused(refusal or CommandReason.UNKNOWN_TAG)
        if reason.strip() or remover is Remover.SUPERVISOR:
            reason = checked_text(reason, TEXT_MAX)
        gone = msgspec.structs.replace(fact, removed=actor.at, removed_by=actor.who, remove_reason=reason)
        del self._hung[tag_id]
        self._changed.append(gone)
        return gone

    def on(self, asset: str) -> list[TagFact]:
        """Tags on an asset, oldest first."""
        return [fact for fact in self._hung.values() if fact.asset == asset]

    def blocking(self, asset: str, opens: bool | None) -> TagFact | None:
        """The oldest tag that holds a command: one that starts, closes or raises (True), the contrary (False), or one
        of unknown effect (None).
        """
        return next((fact for fact in self.on(asset) if fact.kind in _HOLDS[opens]), None)

    def cautions(self, asset: str) -> list[TagFact]:
        """Caution tags on an asset."""
        return [fact for fact in self.on(asset) if fact.kind is TagKind.CAUTION]


def checked_text(text: str, longest: int) -> str:
    """A text of a person without the blanks around it; raises REASON_REQUIRED if it is empty, FORMAT if it is too long
    or holds control characters.
    """
    text = text.strip()
    if not text:
        raise CommandRefused(CommandReason.REASON_REQUIRED)
    if len(text) > longest or first_forbidden(text):
        raise CommandRefused(CommandReason.FORMAT)
    return text


def _remover(fact: TagFact | None, actor: TagActor) -> Remover:
    if fact is not None and fact.owner == actor.who:
        return Remover.OWNER
    return Remover.SUPERVISOR if actor.supervisor else Remover.OTHER
