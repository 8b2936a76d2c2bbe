"""What a password must be (SEC-03)."""

from __future__ import annotations

import random
import string
import unicodedata

import pytest

from console.core.errors import IdentityRefused
from console.core.identity.keystrokes import keys_of
from console.core.identity.passwords import check_password, guessable, normal

ABOUT = ("kimchulsoo", "김철수", "busan-city", "에코델타시티", "North Port")


def reason(password: str) -> str:
    try:
        check_password(password, ABOUT)
    except IdentityRefused as refused:
        return refused.reason_code
    return ""


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "Password2026!",
        "P@ssw0rd!2345",
        "qwertyuiop12",
        "1q2w3e4r5t6y",
        "1qaz2wsx3edc",
        "qwer1234!@#$",
        "asdfghjkl;'z",
        "zxcvbnm,./12",
        "aaaaaaaaaaaa",
        "abcabcabcabc",
        "abcdefghijkl",
        "123456789012",
        "210987654321",
        "letmeinplease1",
        "Gwanje2026!!",
        "busancity2026!",
        "kimchulsoo2026",
        "KimChulSoo!!99",
        "northport1234",
        "관제센터12345678",
        "김철수김철수2026!!",
        "에코델타시티2026!!",
        "dkssudgktpdy12",
        "password password",
    ],
)
def test_what_everybody_would_try_first_is_refused(password: str) -> None:
    """SEC-03: patterns of breached lists, the site's words, the person's own name, Korean typed on English keys."""
    assert reason(password) == "PASSWORD_KNOWN"


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "물새가 난다 저녁마다 강가에",
        "blue-otter-cloud-17",
        "밀물때 둑을 본다 셋이서",
        "the cat sat on a mat",
        "J9v!2kQz@8rT",
        "lamp lamp river stone",
        "🙂🌊🦆⛵️ 네 가지 그림 한 줄",
    ],
)
def test_any_other_text_of_twelve_characters_is_taken_whatever_it_is_made_of(password: str) -> None:
    """SEC-03: no composition rules, any characters, blanks too."""
    assert reason(password) == ""


def test_length_counts_characters_after_composing_them() -> None:
    """SEC-03: a syllable typed on any system is one character, and the same password."""
    word = "물새난다저녁마다둑본다"
    apart = unicodedata.normalize("NFD", word)
    assert normal(apart) == normal(word)
    assert reason(apart) == "PASSWORD_TOO_SHORT"
    assert reason(unicodedata.normalize("NFD", word + "셋")) == ""
    assert reason("short one") == "PASSWORD_TOO_SHORT"
    assert reason("x y z " * 30) == "PASSWORD_TOO_LONG"
    assert reason("") == "PASSWORD_TOO_SHORT"


def test_random_passwords_are_never_taken_for_guessable_ones() -> None:
    letters = random.Random(4)
    made = ("".join(letters.choices(string.ascii_letters + string.digits, k=12)) for _ in range(2000))
    assert [password for password in made if guessable(password, ABOUT)] == []


def test_korean_words_are_known_as_they_are_typed_on_english_keys() -> None:
    assert keys_of("안녕하세요") == "dkssudgktpdy"
    assert keys_of("관제 abc") == "rhkswp abc"
