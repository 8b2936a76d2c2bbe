"""Search in Korean and English names: by any part, or by initial consonants (ㅅㅇㅂㅅ finds 수영배수)."""

from __future__ import annotations

_INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_FIRST, _LAST, _PER_INITIAL = 0xAC00, 0xD7A3, 588


def initials(text: str) -> str:
    """The initial consonant of each Hangul syllable, other characters in lower case, without spaces."""
    return "".join(
        _INITIALS[(ord(char) - _FIRST) // _PER_INITIAL] if _FIRST <= ord(char) <= _LAST else char
        for char in text.lower()
        if not char.isspace()
    )


def matches(query: str, texts: tuple[str, ...]) -> bool:
    """Whether every word of the query is found in one of the texts; an empty query matches."""
    return all(any(_found(word, text) for text in texts) for word in query.lower().split())


def _found(word: str, text: str) -> bool:
    return word in text.lower() or (any(char in _INITIALS for char in word) and word in initials(text))
