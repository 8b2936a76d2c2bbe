"""The difference since the last handover: what is new, what still stands, what was altered and what has ended.

What a person has said of an item stays with it; an acceptance stays only as long as the item is what was accepted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from console.core.handover.facts import Change, HandoverItem, ItemKind, mark_of

_ORDER = {kind: number for number, kind in enumerate(ItemKind)}
_LOWEST = 9
MORE = "more"
"""State of an item that stands for all that are not named one by one."""


def difference(
    baseline: Mapping[str, HandoverItem],
    present: Iterable[HandoverItem],
    shown: Mapping[str, HandoverItem],
    *,
    offered: bool,
) -> tuple[HandoverItem, ...]:
    """The list of a handover by what was handed over last, what stands now, and the list as it was shown so far.

    `offered`: somebody may have read it, so nothing vanishes from it and what changes is marked as moved.
    """
    now = {item.key: item for item in present}
    found = [_present(item, baseline.get(key), shown.get(key), offered=offered) for key, item in now.items()]
    # Of a kind of which only the number is known beyond a point, what is not named has not ended by that.
    cut = {item.kind for item in now.values() if item.what == MORE}
    for key, item in baseline.items():
        if key not in now and item.kind not in cut:
            found.append(_carried(_gone(item), shown.get(key), offered=offered))
    for key, item in shown.items():
        if key in now:
            continue
        if item.kind in cut:
            found.append(item)
        elif key not in baseline and (offered or item.remark):
            found.append(_carried(_gone(item), item, offered=offered))
    # What somebody looks at does not move: what is new comes below what was shown, each in its group.
    place = {key: number for number, key in enumerate(shown)}
    last = len(place)
    return tuple(sorted(found, key=lambda item: (_ORDER[item.kind], place.get(item.key, last), *_rank(item))))


def handed_over(items: Sequence[HandoverItem]) -> tuple[HandoverItem, ...]:
    """What the next difference is told from: what stood at the end, without what was said of it."""
    return tuple(
        msgspec.structs.replace(
            item,
            change=Change.STILL,
            moved=False,
            remark="",
            accepted_by="",
            accepted_at=0,
            question="",
            objection=False,
            answer="",
        )
        for item in items
        # A note is told once: the next shift has its own.
        if item.change is not Change.ENDED and item.kind is not ItemKind.NOTE
    )


def _present(
    item: HandoverItem, last: HandoverItem | None, shown: HandoverItem | None, *, offered: bool
) -> HandoverItem:
    change = Change.NEW
    if last is not None:
        change = Change.STILL if last.mark == item.mark else Change.ALTERED
    return _carried(msgspec.structs.replace(item, change=change), shown, offered=offered)


def _gone(item: HandoverItem) -> HandoverItem:
    return msgspec.structs.replace(item, change=Change.ENDED, mark=mark_of("ended", item.key))


def _carried(item: HandoverItem, shown: HandoverItem | None, *, offered: bool) -> HandoverItem:
    """The item with what was said of it; accepted only if it is still what was accepted."""
    if shown is None:
        return msgspec.structs.replace(
            item, moved=offered, remark="", accepted_by="", accepted_at=0, question="", answer=""
        )
    same = shown.mark == item.mark
    return msgspec.structs.replace(
        item,
        moved=shown.moved if same else offered,
        remark=shown.remark,
        accepted_by=shown.accepted_by if same else "",
        accepted_at=shown.accepted_at if same else 0,
        question=shown.question,
        objection=shown.objection,
        answer=shown.answer,
    )


def _rank(item: HandoverItem) -> tuple[int, int, str]:
    return item.priority or _LOWEST, -item.since, item.key
