"""Every reason for which a command, tag, area or run is refused has a sentence in both languages (CMD-14)."""

from __future__ import annotations

import pytest

from console.core.command.reasons import CommandReason
from console.core.words import Words, parse_words
from resources import read_words_sources


@pytest.fixture(scope="module")
def words() -> Words:
    return parse_words(read_words_sources())


@pytest.mark.parametrize("reason", list(CommandReason))
def test_a_reason_is_a_sentence_in_both_languages(words: Words, reason: CommandReason) -> None:
    text = words.text(f"reasons.{reason}")
    assert len(text.ko.split()) > 1 or len(text.ko) > 4
    assert len(text.en.split()) > 1 or text.en == "cancelled"
    assert any("가" <= letter <= "힣" for letter in text.ko)
    assert text.en.isascii()
