"""Words of the log are found in Korean by any part and in English by their beginning."""

from __future__ import annotations

import sqlite3
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.core.logbook.grams import MOST_WORDS, question, tokens


def found(text: str, asked: str) -> bool:
    """Whether SQLite finds a text by what is asked, through a table as the hub has it."""
    base = sqlite3.connect(":memory:")
    base.execute(
        "CREATE VIRTUAL TABLE words USING fts5(tokens, content = '', tokenize = 'unicode61 remove_diacritics 0')"
    )
    base.execute("INSERT INTO words(rowid, tokens) VALUES(1, ?)", (tokens(text),))
    query = question(asked)
    hit = bool(query) and base.execute("SELECT 1 FROM words WHERE tokens MATCH ?", (query,)).fetchone()
    base.close()
    return bool(hit)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("수영 배수펌프장을 점검함", "펌프"),
        ("수영 배수펌프장을 점검함", "펌프장"),
        ("수영 배수펌프장을 점검함", "배수펌프"),
        ("수영 배수펌프장을 점검함", "장"),
        ("수영 배수펌프장을 점검함", "수영 점검"),
        ("수문", "수문"),
        ("수문", "문"),
        ("Pump 2 started by hand", "PUMP"),
        ("Pump 2 started by hand", "star hand"),
        ("P-101 교체", "p-101"),
        ("P-101 교체", "p-10"),
        ("펌프2호기 정지", "펌프2호"),
        ("ＦＵＬＬ width", "full"),
        (unicodedata.normalize("NFD", "수위 상승"), "수위"),
        ("수위 상승", unicodedata.normalize("NFD", "수위")),
        ("STRASSE", "straße"),
        ("Café 점검", "CAFÉ"),
        ("漏水 確認", "漏水"),
    ],
)
def test_a_word_is_found(text: str, asked: str) -> None:
    assert found(text, asked)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("배수 펌프", "수펌"),
        ("수문 개방", "문개"),
        ("수영 펌프", "수펌"),
        ("pump", "ump"),
        ("pump station", "pump stations"),
        ("펌 프", "펌프"),
        ("anything", "???"),
        ("anything", "* OR *"),
        ("anything", '" OR tokens : "'),
    ],
)
def test_what_does_not_stand_there_is_not_found(text: str, asked: str) -> None:
    assert not found(text, asked)


HANGUL = st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xAC20), min_size=1, max_size=12)


@given(st.lists(HANGUL, min_size=1, max_size=4), st.data())
def test_every_part_of_every_korean_word_is_found_and_nothing_else(
    words: list[str], data: st.DataObject
) -> None:
    text = " ".join(words)
    word = data.draw(st.sampled_from(words))
    start = data.draw(st.integers(0, len(word) - 1))
    end = data.draw(st.integers(start + 1, len(word)))
    assert found(text, word[start:end])
    other = data.draw(HANGUL)
    assert found(text, other) == any(other in each for each in words)


@given(st.text(max_size=60), st.text(max_size=30))
def test_no_text_breaks_the_index_or_the_question(text: str, asked: str) -> None:
    assert found(text, asked) in (True, False)


@given(st.lists(st.from_regex(r"[a-z0-9]{1,8}", fullmatch=True), min_size=1, max_size=6), st.data())
def test_english_words_are_found_whatever_their_letters(words: list[str], data: st.DataObject) -> None:
    word = data.draw(st.sampled_from(words))
    assert found(" ".join(words).upper(), word)
    assert found(" ".join(words), word[: data.draw(st.integers(1, len(word)))].upper())


def test_a_question_of_many_words_is_bounded() -> None:
    assert question("word " * 500).count("AND") == MOST_WORDS - 1
