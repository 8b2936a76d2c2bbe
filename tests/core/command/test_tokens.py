"""Single-use tokens of confirmations (CMD-05)."""

from __future__ import annotations

import itertools

import pytest

from console.core.command.tokens import LASTS_S, Claim, Redeemed, Tokens

CLAIM = Claim("c1", "digest", "session")


def tokens() -> Tokens:
    counter = itertools.count(1)
    return Tokens(lambda n: next(counter).to_bytes(n, "big"))


def test_a_token_is_good_once_and_then_a_repetition() -> None:
    room = tokens()
    token = room.issue(CLAIM, 0.0)
    assert len(token) == 32
    assert room.redeem(token, CLAIM, 1.0) is Redeemed.GOOD
    assert room.redeem(token, CLAIM, 1.0) is Redeemed.REPEATED
    assert room.redeem(token, CLAIM, 500.0) is Redeemed.REPEATED


@pytest.mark.parametrize(
    ("claim", "redeemed"),
    [
        (Claim("c1", "digest", "other"), Redeemed.OTHER_SESSION),
        (Claim("c2", "digest", "session"), Redeemed.OTHER_TEXT),
        (Claim("c1", "another", "session"), Redeemed.OTHER_TEXT),
    ],
)
def test_a_token_for_something_else_is_not_used_up(claim: Claim, redeemed: Redeemed) -> None:
    room = tokens()
    token = room.issue(CLAIM, 0.0)
    assert room.redeem(token, claim, 1.0) is redeemed
    assert room.redeem(token, CLAIM, 2.0) is Redeemed.GOOD


@pytest.mark.parametrize(("asked", "lasts"), [(LASTS_S, 30.0), (300.0, 30.0), (10.0, 10.0)])
def test_a_token_lasts_strictly_less_than_its_time(asked: float, lasts: float) -> None:
    room = tokens()
    early, late = Claim("a", "d", "s"), Claim("b", "d", "s")
    first, second = room.issue(early, 0.0, asked), room.issue(late, 0.0, asked)
    assert room.redeem(first, early, lasts - 0.001) is Redeemed.GOOD
    assert room.redeem(second, late, lasts) is Redeemed.LATE


def test_a_new_token_of_a_subject_voids_the_old_one() -> None:
    room = tokens()
    old, new = room.issue(CLAIM, 0.0), room.issue(CLAIM, 0.0)
    assert room.redeem(old, CLAIM, 1.0) is Redeemed.UNKNOWN
    assert room.redeem(new, CLAIM, 1.0) is Redeemed.GOOD


def test_a_withdrawn_token_is_void_and_a_used_one_is_remembered() -> None:
    room = tokens()
    token = room.issue(CLAIM, 0.0)
    room.withdraw("c1")
    room.withdraw("nothing")
    assert room.redeem(token, CLAIM, 1.0) is Redeemed.UNKNOWN
    used = room.issue(CLAIM, 0.0)
    room.redeem(used, CLAIM, 1.0)
    room.withdraw("c1")
    assert room.redeem(used, CLAIM, 1.0) is Redeemed.REPEATED


@pytest.mark.parametrize("token", ["", "0" * 32, "한글", "\ud800", "x" * 10_000])
def test_anything_else_is_no_token(token: str) -> None:
    room = tokens()
    room.issue(CLAIM, 0.0)
    assert room.redeem(token, CLAIM, 1.0) is Redeemed.UNKNOWN


def test_old_tokens_are_forgotten() -> None:
    """Nothing grows for ever, and neither the token nor anything it can be made of is kept."""
    room = tokens()
    kept = [room.issue(Claim(str(n), "d", "s"), float(n)) for n in range(1000)]
    assert len(room._issued) <= 62
    assert len(room._of) <= 62
    assert not any(token in repr(vars(room)) for token in kept)
