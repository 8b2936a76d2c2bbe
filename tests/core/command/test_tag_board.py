"""Tags on equipment: who may take down what, which command is held, and that nothing but a person ends one (CMD-08)."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.core.batch import NS
from console.core.command.control_facts import TagKind
from console.core.command.reasons import CommandReason
from console.core.command.tags import (
    LONGEST_NS,
    REMOVAL,
    TAGS_MAX,
    TEXT_MAX,
    Remover,
    TagActor,
    TagBoard,
    TagOrder,
    TagState,
)
from console.core.errors import CommandRefused

R = CommandReason
AT = 1_800_000_000 * NS
KIM = TagActor(who="kim", name="김", at=AT)
LEE = TagActor(who="lee", name="이", at=AT)
BOSS = TagActor(who="boss", name="박", at=AT, supervisor=True)


def order(
    kind: TagKind = TagKind.INHIBIT_ALL, asset: str = "p1", text: str = "점검 중", until: int = 0
) -> TagOrder:
    return TagOrder(asset=asset, kind=kind, text=text, until=until)


def board() -> TagBoard:
    return TagBoard(("p1", "p2"))


def refusal(tags: TagBoard, tag: str, reason: str, actor: TagActor) -> str:
    try:
        tags.remove(tag, reason, actor)
    except CommandRefused as refused:
        return refused.reason_code
    return ""


@pytest.mark.parametrize(("state", "remover"), list(product(TagState, Remover)))
def test_every_state_and_remover_is_in_the_table_and_holds(state: TagState, remover: Remover) -> None:
    """CMD-08: owner, or supervisor with a reason; nobody else."""
    tags = board()
    tags.place("t1", order(), KIM)
    if state is TagState.GONE:
        tags.remove("t1", "", KIM)
    before = tags.facts()
    actor = {Remover.OWNER: KIM, Remover.SUPERVISOR: BOSS, Remover.OTHER: LEE}[remover]
    # A tag that is gone has no owner any more.
    assert refusal(tags, "t1", "끝남", actor) == (REMOVAL[state][remover] or "")
    if REMOVAL[state][remover] is not None:
        assert tags.facts() == before
    else:
        assert tags.facts() == []


def test_a_supervisor_needs_a_reason_and_an_owner_does_not() -> None:
    """CMD-08."""
    tags = board()
    tags.place("t1", order(), KIM)
    assert refusal(tags, "t1", "  ", BOSS) == R.REASON_REQUIRED
    assert refusal(tags, "t1", "a\nb", BOSS) == R.FORMAT
    assert refusal(tags, "t1", "", KIM) == ""
    gone = tags.changes()[-1]
    assert (gone.removed, gone.removed_by, gone.remove_reason) == (AT, "kim", "")


@pytest.mark.parametrize(
    ("given_order", "reason"),
    [
        (order(asset="p9"), R.UNKNOWN_ASSET),
        (order(text=" "), R.REASON_REQUIRED),
        (order(text="x" * (TEXT_MAX + 1)), R.FORMAT),
        (order(text="a\u202eb"), R.FORMAT),
        (order(text="a\x07b"), R.FORMAT),
        (order(until=AT), R.OUT_OF_RANGE),
        (order(until=AT + LONGEST_NS + 1), R.OUT_OF_RANGE),
        (order(until=-1), R.OUT_OF_RANGE),
    ],
)
def test_a_tag_that_says_nothing_or_too_much_is_refused(given_order: TagOrder, reason: CommandReason) -> None:
    tags = board()
    with pytest.raises(CommandRefused, match=reason):
        tags.place("t1", given_order, KIM)
    assert tags.facts() == []
    assert tags.changes() == []


def test_the_number_of_tags_on_one_asset_is_bounded() -> None:
    tags = board()
    for n in range(TAGS_MAX):
        tags.place(f"t{n}", order(), KIM)
    with pytest.raises(CommandRefused, match=R.TOO_MANY_OPS):
        tags.place("more", order(), KIM)
    tags.place("other", order(asset="p2"), KIM)


_K = TagKind


@pytest.mark.parametrize(
    ("kind", "opens", "held"),
    [
        (_K.INHIBIT_ALL, True, True),
        (_K.INHIBIT_ALL, False, True),
        (_K.INHIBIT_ALL, None, True),
        (_K.INHIBIT_ON, True, True),
        (_K.INHIBIT_ON, False, False),
        (_K.INHIBIT_ON, None, True),
        (_K.INHIBIT_OFF, True, False),
        (_K.INHIBIT_OFF, False, True),
        (_K.INHIBIT_OFF, None, True),
        (_K.CAUTION, True, False),
        (_K.CAUTION, None, False),
        (_K.INFO, False, False),
        (_K.INFO, None, False),
    ],
)
def test_what_a_tag_holds(kind: TagKind, opens: bool | None, held: bool) -> None:
    """CMD-08: an unknown effect is held by any inhibition."""
    tags = board()
    fact = tags.place("t1", order(kind), KIM)
    assert tags.blocking("p1", opens) == (fact if held else None)
    assert tags.blocking("p2", opens) is None
    assert tags.cautions("p1") == ([fact] if kind is _K.CAUTION else [])


def test_a_command_stays_held_while_any_inhibition_remains() -> None:
    """CMD-08: several tags of several owners."""
    tags = board()
    tags.place("t1", order(), KIM)
    tags.place("t2", order(_K.INHIBIT_ON), LEE)
    tags.remove("t1", "", KIM)
    assert (found := tags.blocking("p1", True)) is not None
    assert found.owner == "lee"
    tags.remove("t2", "", LEE)
    assert tags.blocking("p1", True) is None


def test_a_planned_end_and_a_restart_take_nothing_down() -> None:
    """CMD-08."""
    tags = board()
    hung = tags.place("t1", order(until=AT + NS), KIM)
    tags.place("t2", order(), LEE)
    gone = tags.remove("t2", "", LEE)
    again = TagBoard(("p2",))
    again.restore([hung, gone])
    assert again.facts() == [hung]
    assert again.blocking("p1", True) == hung
    assert refusal(again, "t1", "", KIM) == ""


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("place"), st.sampled_from([KIM, LEE, BOSS]), st.sampled_from(list(TagKind))),
            st.tuples(st.just("remove"), st.sampled_from([KIM, LEE, BOSS]), st.integers(0, 9)),
        ),
        max_size=20,
    )
)
def test_what_is_held_is_what_a_list_of_tags_says(acts: list[tuple[str, TagActor, object]]) -> None:
    """CMD-08, with a list as the oracle."""
    tags = board()
    oracle: list[tuple[str, str, TagKind]] = []
    for n, (what, actor, detail) in enumerate(acts):
        if isinstance(detail, TagKind):
            tags.place(f"t{n}", order(detail), actor)
            oracle.append((f"t{n}", actor.who, detail))
        elif what == "remove":
            name, owner = oracle[int(str(detail)) % len(oracle)][:2] if oracle else ("none", "")
            reason = refusal(tags, name, "r", actor)
            allowed = bool(oracle) and (owner == actor.who or actor.supervisor)
            assert (reason == "") == allowed
            if allowed:
                oracle = [row for row in oracle if row[0] != name]
        kinds = {kind for _, _, kind in oracle}
        assert (tags.blocking("p1", True) is not None) == bool(kinds & {_K.INHIBIT_ALL, _K.INHIBIT_ON})
        assert (tags.blocking("p1", False) is not None) == bool(kinds & {_K.INHIBIT_ALL, _K.INHIBIT_OFF})
        assert [fact.id for fact in tags.facts()] == [row[0] for row in oracle]
