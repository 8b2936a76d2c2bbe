"""Texts by key and language."""

from __future__ import annotations

import pytest

from console.core.words import Lang, Text, parse_words

SOURCE = """
[alarms]
ack = { ko = "확인 {n}건", en = "Acknowledge {n}" }
plain = { ko = "100 {%}", en = "100 {%}" }
[alarms.shelf]
ko = "보류"
en = "Shelf"
"""


def test_texts_are_said_in_the_language_asked_for() -> None:
    words = parse_words({"alarms.toml": SOURCE})
    assert words.say("alarms.ack", "ko", n=3) == "확인 3건"
    assert words.say("alarms.ack", Lang.EN, n=3) == "Acknowledge 3"
    assert words.say("alarms.plain", "ko") == "100 {%}"
    assert words.text("alarms.shelf") == Text("보류", "Shelf")
    assert set(words.keys()) == {"alarms.ack", "alarms.plain", "alarms.shelf"}
    assert "alarms.ack" in words
    assert "alarms" not in words
    with pytest.raises(KeyError):
        words.say("alarms.nothing", "ko")


def test_an_empty_language_gives_way_to_the_other() -> None:
    assert Text("가", "").of("en") == "가"
    assert Text("", "a").of("ko") == "a"
    assert Text("가", "a").of("ko") == "가"


@pytest.mark.parametrize(
    ("source", "match"),
    [
        ("a = ", "a.toml"),
        ("[t]\na = 3", "t.a is not a table"),
        ('[t]\na = { ko = "x" }', "needs ko and en"),
        ('[t]\na = { ko = "x", en = "y", jp = "z" }', "needs ko and en"),
    ],
)
def test_a_fault_names_file_and_key(source: str, match: str) -> None:
    with pytest.raises(ValueError, match=match):
        parse_words({"a.toml": source})


def test_a_key_has_one_home() -> None:
    with pytest.raises(ValueError, match="defined twice"):
        parse_words({"a.toml": SOURCE, "b.toml": SOURCE})


def test_an_empty_table_says_nothing() -> None:
    assert list(parse_words({"a.toml": "[t]\n"}).keys()) == []
