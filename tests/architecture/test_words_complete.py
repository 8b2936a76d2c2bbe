"""Every text exists in Korean and English, once, and every key the code says exists."""

from __future__ import annotations

import ast
import re
import string

from house import PROGRAM, python_files, tree

from console.core.words import Words, parse_words
from console.setup.help_words import HELP
from console.setup.phrases import PHRASES
from resources import read_words_sources

HANGUL = re.compile(r"[\uac00-\ud7a3]")


def _words() -> Words:
    # Raises for a file that does not parse, a missing language and a key defined twice.
    return parse_words(read_words_sources())


def _keys(words: Words) -> list[str]:
    return sorted(words.keys())


def _fields(pattern: str) -> set[str]:
    return {
        name.partition(".")[0].partition("[")[0]
        for _, name, _, _ in string.Formatter().parse(pattern)
        if name
    }


def test_both_languages_fill_the_same_places() -> None:
    words = _words()
    wrong = [key for key in _keys(words) if _fields(words.text(key).ko) != _fields(words.text(key).en)]
    assert wrong == []


def test_no_text_is_empty() -> None:
    words = _words()
    empty = [key for key in _keys(words) if not words.text(key).ko.strip() or not words.text(key).en.strip()]
    assert empty == []


def test_english_holds_no_hangul() -> None:
    words = _words()
    # The names of the languages are written in the language itself.
    mixed = [key for key in _keys(words) if HANGUL.search(words.text(key).en) and ".lang" not in key]
    assert mixed == []


def test_every_key_that_the_code_says_exists() -> None:
    words = _words()
    unknown: list[str] = []
    for path in python_files(*PROGRAM):
        for node in ast.walk(tree(path)):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = ast.unparse(node.func).rpartition(".")[2]
            key = node.args[0].value if isinstance(node.args[0], ast.Constant) else None
            if name in {"say", "_say"} and isinstance(key, str) and key not in words:
                unknown.append(f"{path}:{node.lineno} {key}")
    assert unknown == []


def test_set_up_speaks_both_languages_alike() -> None:
    for table in (PHRASES, HELP):
        wrong = [key for key, (korean, english) in table.items() if _fields(korean) != _fields(english)]
        assert wrong == []
        assert [key for key, (korean, english) in table.items() if not korean or HANGUL.search(english)] == []
