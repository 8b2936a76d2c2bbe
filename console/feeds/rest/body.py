"""A response body read as JSON or XML, by what it is and not by what was asked for; pure.

XML becomes the tree that the same data would be in JSON: an element is an object of its children, a name that stands
several times is a list, a leaf is its text. A document type is refused, and with it every entity (SEC-26).
"""

from __future__ import annotations

import re
from typing import cast
from xml.parsers import expat

from console.core.errors import DecodeError
from console.feeds.json_guard import load

Tree = dict[str, object]
MAX_DEPTH = 32
MAX_ELEMENTS = 200_000
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_KOREAN = frozenset({"euc-kr", "euckr", "ks_c_5601-1987", "ksc5601", "ms949", "cp949", "uhc"})


def read_body(body: bytes, charset: str, max_bytes: int) -> object:
    """The tree of a body; `charset` is what the headers say, empty for nothing.

    Raises DecodeError: too_large, encoding, not_json, not_xml, doctype, too_deep, too_many and those of `json_guard`.
    """
    if len(body) > max_bytes:
        raise DecodeError("body", "too_large", f"{len(body)} bytes")
    declared = _DECLARED.match(body)
    text = _text(body, charset or (declared[1].decode() if declared else ""))
    return _Reader().read(text) if text.lstrip().startswith("<") else load(text, max_bytes)


def _text(body: bytes, charset: str) -> str:
    name = "cp949" if charset.lower() in _KOREAN else (charset or "utf-8")
    try:
        return body.decode(name).removeprefix("\ufeff")
    except (UnicodeError, LookupError):
        raise DecodeError("body", "encoding", charset[:40]) from None


class _Reader:
    """Elements as they open and close."""

    def __init__(self) -> None:
        self._open: list[tuple[str, Tree, list[str]]] = []
        self._root: Tree = {}
        self._left = MAX_ELEMENTS

    def read(self, text: str) -> Tree:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data
        try:
            parser.Parse(text.lstrip(), True)
        except expat.ExpatError as error:
            raise DecodeError(f"line {error.lineno}", "not_xml") from None
        return self._root

    def _doctype(self, *_: object) -> None:
        raise DecodeError("body", "doctype")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._left -= 1
        if len(self._open) >= MAX_DEPTH:
            raise DecodeError("body", "too_deep")
        if self._left < 0:
            raise DecodeError("body", "too_many")
        node: Tree = {f"@{key}": value for key, value in attributes.items()}
        self._open.append((name.rpartition(":")[2], node, []))

    def _data(self, text: str) -> None:
        if self._open:
            self._open[-1][2].append(text)

    def _end(self, _: str) -> None:
        name, node, texts = self._open.pop()
        text = "".join(texts).strip()
        value: object = node if node else text
        if node and text:
            node["#text"] = text
        _put(self._open[-1][1] if self._open else self._root, name, value)


def _put(parent: Tree, name: str, value: object) -> None:
    """A second child of the same name makes a list of both."""
    if name not in parent:
        parent[name] = value
    elif isinstance(parent[name], list):
        cast("list[object]", parent[name]).append(value)
    else:
        parent[name] = [parent[name], value]
