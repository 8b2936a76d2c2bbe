"""What a password must be: long enough and not guessable; nothing about its composition (SEC-03).

Lists of breached passwords are mostly a few base words, keyboard walks and sequences, decorated with years,
digits and signs, with letters replaced by look-alikes. So instead of a copied list, a password is taken apart:
what such patterns explain is removed, and too little may not be left. A site can add a list of its own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from itertools import pairwise
from typing import Final

from console.core.errors import IdentityRefused
from console.core.identity.keystrokes import keys_of
from console.core.identity.reasons import IdentityRefusal

SHORTEST: Final = 12
LONGEST: Final = 128
LEAST_LEFT: Final = 4
"""Characters that no pattern explains; fewer are a decoration."""
LEAST_WORD: Final = 3

_LOOKS_LIKE: Final = str.maketrans(
    {
        "0": "o",
        "1": "l",
        "3": "e",
        "4": "a",
        "5": "s",
        "7": "t",
        "8": "b",
        "@": "a",
        "$": "s",
        "!": "i",
        "|": "l",
    }
)
_ROWS: Final = (
    "`1234567890-=",
    "~!@#$%^&*()_+",
    "qwertyuiop[]\\",
    "asdfghjkl;'",
    "zxcvbnm,./",
    "azertyuiop",
    "qsdfghjklm",
    "wxcvbn",
    "qwertzuiop",
    "yxcvbnm",
    "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔ",
    "ㅁㄴㅇㄹㅎㅗㅓㅏㅣ",
    "ㅋㅌㅊㅍㅠㅜㅡ",
    "abcdefghijklmnopqrstuvwxyz",
    "0123456789",
    "가나다라마바사아자차카타파하",
    "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ",
    # Columns of a keyboard and of a keypad, walked downwards.
    "1qaz",
    "2wsx",
    "3edc",
    "4rfv",
    "5tgb",
    "6yhn",
    "7ujm",
    "8ik,",
    "9ol.",
    "0p;/",
    "147",
    "258",
    "369",
)
_BASE: Final = """
    password passwort passwd pass pwd letmein welcome admin administrator root user guest login default changeme
    secret master system server manager operator supervisor engineer viewer auditor control console dispatch
    test testing demo temp temporary sample example hello please love iloveyou baby angel princess sunshine flower
    monkey dragon tiger lion eagle bear wolf shadow ninja samurai superman batman pokemon starwars matrix
    football baseball soccer basketball hockey golf summer winter spring autumn january february march april
    june july august september october november december monday tuesday wednesday thursday friday saturday sunday
    computer internet network windows linux ubuntu oracle samsung google apple android security access
    korea korean seoul busan daegu incheon gwangju daejeon ulsan jeju hangul kimchi sarang saranghae
    michael jennifer jordan charlie thomas robert daniel andrew joshua freedom whatever trustno money
    비밀번호 암호 관리자 관리 운영자 운영 사용자 로그인 환영 안녕하세요 안녕 사랑해 사랑
    대한민국 한국 서울 부산 대구 인천 광주 대전 울산 제주 관제센터 관제 센터 상황실 종합 시스템 테스트 임시 초기 기본
    """
_PROGRAM: Final = ("gwanje", "관제", "eco", "delta", "city", "hub")
_YEAR: Final = re.compile(r"(19[4-9]\d|20[0-6]\d)")
_DECORATION: Final = re.compile(r"[\W\d_]+")


def normal(password: str) -> str:
    """The password as it is hashed: NFC, so that every keyboard and system gives the same (SEC-03)."""
    return unicodedata.normalize("NFC", password)


def check_password(password: str, about: Collection[str] = ()) -> None:
    """Raises IdentityRefused PASSWORD_TOO_SHORT, PASSWORD_TOO_LONG or PASSWORD_KNOWN.

    `about` are words that say nothing secret: the account, the person, the site and its areas.
    """
    text = normal(password)
    if len(text) < SHORTEST:
        raise IdentityRefused(IdentityRefusal.PASSWORD_TOO_SHORT)
    if len(text) > LONGEST:
        raise IdentityRefused(IdentityRefusal.PASSWORD_TOO_LONG)
    if guessable(text, about):
        raise IdentityRefused(IdentityRefusal.PASSWORD_KNOWN)


def guessable(password: str, about: Collection[str] = ()) -> bool:
    """Whether patterns explain nearly all of the password, read as it is or with look-alikes undone."""
    text = normal(password).casefold()
    words = tuple(_words(about))
    # Digits in a row are digits, not letters in disguise: 2345 goes before 3 is read as e.
    undone = _without_runs(text).translate(_LOOKS_LIKE)
    # 1q2w3e4r: two walks that take turns.
    turns = _without_runs(text[::2]) + _without_runs(text[1::2])
    return any(_left(reading, words) < LEAST_LEFT for reading in {text, undone, turns})


def _words(about: Iterable[str]) -> Iterator[str]:
    """Every word that explains, longest first, so that `관제센터` goes before `관제`."""
    parts = (part for text in about for part in re.split(r"[\W_]+", normal(text).casefold()))
    said = {
        word
        for word in (*_BASE.split(), *_PROGRAM, *parts)
        if len(word) >= (LEAST_WORD if word.isascii() else 2)
    }
    typed = {keys_of(word) for word in said if not word.isascii()}
    yield from sorted(said | typed, key=len, reverse=True)


def _left(text: str, words: Iterable[str]) -> int:
    """How many different characters no pattern explains."""
    text = _unrepeated(text)
    for word in words:
        text = text.replace(word, " ")
    text = _without_runs(text)
    text = _YEAR.sub(" ", text)
    letters = _DECORATION.sub("", text)
    signs = len(set(_DECORATION.findall(text))) - (" " in text)
    return len(set(letters)) + min(max(signs, 0), 2)


def _unrepeated(text: str) -> str:
    """A text that is one piece said again and again, and that piece."""
    found = re.fullmatch(r"(.{1,6}?)\1+(.{0,5})", text, re.DOTALL)
    if found and found[1].startswith(found[2]):
        return found[1]
    return re.sub(r"(.)\1{2,}", r"\1", text, flags=re.DOTALL)


def _without_runs(text: str) -> str:
    """The text without three or more neighbours of a keyboard row, the alphabet or the digits, either way."""
    kept: list[str] = []
    run: list[str] = []
    steps = [*pairwise(text), ("", "")]
    direction = 0
    for first, second in steps if text else ():
        run.append(first or text[-1])
        way = _NEIGHBOURS.get((run[-1], second), 0)
        if way and direction in (0, way):
            direction = way
            continue
        if len(run) < LEAST_WORD:
            kept += run
        else:
            kept.append(" ")
        run, direction = [], 0
    return "".join(kept)


def _neighbours() -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for row in _ROWS:
        for first, second in pairwise(row):
            found.setdefault((first, second), 1)
            found.setdefault((second, first), -1)
    found["9", "0"], found["0", "9"] = 1, -1
    return found


_NEIGHBOURS: Final = _neighbours()
