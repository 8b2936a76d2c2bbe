"""Who is meant by @name, also where a Korean particle is glued to it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.core.logbook.mentions import MENTIONS_MAX, mentions_in

ACCOUNTS = {"kim", "kim.ops", "lee", "홍길동", "홍"}


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("@kim 확인 바랍니다", ("kim",)),
        ("@kim에게 인계", ("kim",)),
        ("@KIM, @Lee: 확인", ("kim", "lee")),
        ("@kim.ops가 점검", ("kim.ops",)),
        ("@kim.", ("kim",)),
        ("@홍길동님", ("홍길동",)),
        ("@홍씨", ("홍",)),
        ("kim@example.com", ()),
        ("@kimchi", ()),
        ("@kim2", ()),
        ("@nobody", ()),
        ("@kim @kim @kim", ("kim",)),
        ("(@lee)", ("lee",)),
        ("@@kim", ()),
        ("@", ()),
    ],
)
def test_a_mention_names_an_account(text: str, meant: tuple[str, ...]) -> None:
    assert mentions_in(text, ACCOUNTS) == meant


@given(st.text(max_size=100))
def test_only_accounts_are_ever_meant(text: str) -> None:
    assert set(mentions_in(text, ACCOUNTS)) <= ACCOUNTS


def test_nobody_calls_the_whole_city_at_once() -> None:
    many = [f"p{n}" for n in range(50)]
    assert len(mentions_in(" ".join(f"@{name}" for name in many), set(many))) == MENTIONS_MAX
