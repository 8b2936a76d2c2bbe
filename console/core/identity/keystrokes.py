"""Korean words as they are typed on a two-set keyboard that stands on English: 안녕 is dkssud."""

from __future__ import annotations

from typing import Final

_FIRST: Final = "rRseEfaqQtTdwWczxvg"
_KEYS: Final = "k o i O j p u P h hk ho hl y n nj np nl b m ml l"
_VOWEL: Final = _KEYS.split()
_ENDS: Final = ",r,R,rt,s,sw,sg,e,f,fr,fa,fq,ft,fx,fv,fg,a,q,qt,t,T,d,w,c,z,x,v,g"
_LAST: Final = _ENDS.split(",")
_SYLLABLES: Final = range(0xAC00, 0xD7A4)


def keys_of(word: str) -> str:
    """The keys in small letters; characters that are no syllables stay as they are."""
    return "".join(_keys(character) for character in word).casefold()


def _keys(character: str) -> str:
    code = ord(character)
    if code not in _SYLLABLES:
        return character
    first, rest = divmod(code - _SYLLABLES.start, len(_VOWEL) * len(_LAST))
    vowel, last = divmod(rest, len(_LAST))
    return _FIRST[first] + _VOWEL[vowel] + _LAST[last]
