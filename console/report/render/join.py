"""Several PDF files of typst as one, with one tree of tags, one outline and one set of metadata.

typst writes plain objects with a table of their places; only that form is read, and anything else is a JoinError. What
the file says of itself (standards, colours, title) is that of the first part, for all parts are set alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

_TOKEN = re.compile(rb"\((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*\)|<(?!<)[0-9A-Fa-f\s]*>|\b(\d+) 0 R\b")
_XREF = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*$")
_IDS = re.compile(rb"/ID\(U|/Headers\[[^\]]*\]")
_REF = rb"(\d+) 0 R"
_PARENTS = re.compile(rb"/StructParents? (\d+)")
_PAGES_IN_XMP = re.compile(rb"(<xmpTPg:NPages>)\d+(</xmpTPg:NPages>)")


class JoinError(ValueError):
    """A file that is not written the way it is read here."""


class _Part:
    """Objects of one file by number, each a dictionary (or array) and the stream behind it."""

    def __init__(self, data: bytes) -> None:
        found = _XREF.search(data[-64:])
        if found is None:
            raise JoinError("startxref")
        place = int(found[1])
        head = re.compile(rb"xref\s+0 (\d+)\s+").match(data, place)
        if head is None:
            raise JoinError("xref")
        self.count = int(head[1])
        rows = [data[head.end() + 20 * n : head.end() + 20 * n + 20] for n in range(self.count)]
        starts = {n: int(row[:10]) for n, row in enumerate(rows) if row[17:18] == b"n"}
        ends = sorted((*starts.values(), place))
        following = dict(pairwise(ends))
        self.objects = {n: _split(data[at : following[at]], n) for n, at in starts.items()}
        trailer = data[head.end() + 20 * self.count :]
        self.root = self.ref(trailer, b"Root")
        self.info = self.ref(trailer, b"Info")
        ids = re.search(rb"/ID\[.*?\]", trailer, re.DOTALL)
        self.ids = ids[0] if ids is not None else b""

    @staticmethod
    def ref(text: bytes, name: bytes) -> int:
        """Number of the object that an entry names."""
        found = re.search(b"/" + name + b" " + _REF, text)
        if found is None:
            raise JoinError(name.decode())
        return int(found[1])

    def text(self, number: int) -> bytes:
        """A dictionary or array."""
        return self.objects[number][0]

    def change(self, number: int, text: bytes) -> None:
        """Another dictionary in the place of one."""
        self.objects[number] = (text, self.objects[number][1])

    def map_refs(self, number_of: Callable[[int], int]) -> None:
        """Give every object another number."""

        def token(found: re.Match[bytes]) -> bytes:
            return found[0] if found[1] is None else b"%d 0 R" % number_of(int(found[1]))

        self.objects = {
            number_of(n): (_TOKEN.sub(token, text), stream) for n, (text, stream) in self.objects.items()
        }
        self.root, self.info = number_of(self.root), number_of(self.info)


def _split(raw: bytes, number: int) -> tuple[bytes, bytes]:
    begin = b"%d 0 obj" % number
    body, end, _ = raw.rpartition(b"endobj")
    if not raw.startswith(begin) or not end:
        raise JoinError(f"object {number}")
    text, stream, rest = body[len(begin) :].partition(b"stream\n")
    if not stream:
        return text.strip(), b""
    return text.strip(), stream + rest.rstrip(b"\n") + b"\n"


def joined(files: Sequence[bytes]) -> bytes:
    """One file with the pages of all in order. Raises JoinError."""
    parts = [_Part(data) for data in files]
    first, *others = parts
    offset, document = first.count, _document(first)
    for number, part in enumerate(others, start=2):
        _rename(part, b"(P%dU" % number)
        own = _document(part)
        # What stood below the document of this part stands below the first one's.
        part.map_refs(lambda n, o=offset, d=own, t=document: t if n == d else n + o)
        offset += part.count
    objects = {n: o for part in reversed(parts) for n, o in part.objects.items()}
    _join_pages(objects, parts)
    _join_tags(objects, parts, document)
    _join_outline(objects, parts)
    metadata = _Part.ref(first.text(first.root), b"Metadata")
    objects[metadata] = _with_pages(objects[metadata], len(_pages_of(objects, first.root)))
    return _written(objects, first)


def _document(part: _Part) -> int:
    tree = part.text(_Part.ref(part.text(part.root), b"StructTreeRoot"))
    found = re.search(rb"/K\[" + _REF + rb"\]", tree)
    if found is None:
        raise JoinError("document")
    return int(found[1])


def _rename(part: _Part, prefix: bytes) -> None:
    """Names of table heads are unique in one file only."""
    tree = _Part.ref(part.text(part.root), b"StructTreeRoot")
    for number, (text, _) in [*part.objects.items()]:
        if b"/StructElem" in text:
            part.change(number, _IDS.sub(lambda found: found[0].replace(b"(U", prefix), text))
    names = re.search(rb"/IDTree<</Names\[.*?\]>>", part.text(tree), re.DOTALL)
    if names is not None:
        part.change(tree, part.text(tree).replace(names[0], names[0].replace(b"(U", prefix)))


Objects = dict[int, tuple[bytes, bytes]]


def _join_pages(objects: Objects, parts: list[_Part]) -> None:
    """The pages of all stand below those of the first; each keeps its own node."""
    first = _Part.ref(objects[parts[0].root][0], b"Pages")
    text = objects[first][0]
    kids, count = _array(text, b"Kids"), _count(text)
    for part in parts[1:]:
        node = _Part.ref(objects[part.root][0], b"Pages")
        body, stream = objects[node]
        objects[node] = (body.replace(b"<<", b"<</Parent %d 0 R" % first, 1), stream)
        kids += b" %d 0 R" % node
        count += _count(body)
    objects[first] = (b"<</Type/Pages/Count %d/Kids[%s]>>" % (count, kids), b"")


def _count(text: bytes) -> int:
    found = re.search(rb"/Count (\d+)", text)
    if found is None:
        raise JoinError("Count")
    return int(found[1])


def _array(text: bytes, name: bytes) -> bytes:
    """What stands in an array of references."""
    found = re.search(b"/" + name + rb"\[([^\[\]]*)\]", text)
    if found is None:
        raise JoinError(name.decode())
    return found[1]


def _join_tags(objects: Objects, parts: list[_Part], document: int) -> None:
    """One tree: the parents of marked content by page, the heads of tables by name, the document's children."""
    trees = [_Part.ref(objects[part.root][0], b"StructTreeRoot") for part in parts]
    parents: list[bytes] = []
    names: list[tuple[bytes, bytes]] = []
    roles: dict[bytes, bytes] = {}
    children: list[bytes] = []
    base = 0
    for part, tree in zip(parts, trees, strict=True):
        text = objects[tree][0]
        own = re.findall(rb"(\d+) (\d+ 0 R)", _array(text, b"ParentTree<</Nums"))
        parents += [b"%d %s" % (int(key) + base, ref) for key, ref in own]
        found = re.search(rb"/IDTree<</Names\[(.*?)\]>>", text, re.DOTALL)
        names += (
            re.findall(rb"(\([^()]*\))(\d+ 0 R)", found[1].replace(b") ", b")")) if found is not None else []
        )
        roles |= dict(re.findall(rb"/(\w+)/(\w+)", _dictionary(text, b"RoleMap")))
        # Each part still has its own document, under the number of the first one's.
        children.append(_array(part.text(document), b"K"))
        if base:
            _move_parents(objects, part, base)
        base += _next_key(text)
    tree_text = (
        b"<</Type/StructTreeRoot/RoleMap<<%s>>/K[%d 0 R]/ParentTree<</Nums[%s]>>%s/ParentTreeNextKey %d>>"
    )
    role_map = b"".join(b"/%s/%s" % pair for pair in roles.items())
    id_tree = b"/IDTree<</Names[%s]>>" % b"".join(a + b for a, b in sorted(names)) if names else b""
    objects[trees[0]] = (tree_text % (role_map, document, b" ".join(parents), id_tree, base), b"")
    body = objects[document][0]
    objects[document] = (body.replace(_array(body, b"K"), b" ".join(children), 1), b"")


def _dictionary(text: bytes, name: bytes) -> bytes:
    found = re.search(b"/" + name + rb"<<([^<>]*)>>", text)
    return found[1] if found is not None else b""


def _next_key(text: bytes) -> int:
    found = re.search(rb"/ParentTreeNextKey (\d+)", text)
    if found is None:
        raise JoinError("ParentTreeNextKey")
    return int(found[1])


def _move_parents(objects: Objects, part: _Part, base: int) -> None:
    for number, (text, stream) in part.objects.items():
        if b"/StructParent" in text and b"/StructElem" not in text and number in objects:
            moved = _PARENTS.sub(lambda f: f[0].replace(f[1], b"%d" % (int(f[1]) + base)), text)
            objects[number] = (moved, stream)


def _join_outline(objects: Objects, parts: list[_Part]) -> None:
    """What the later parts have in theirs follows below the title of the report."""
    roots = [_outline(objects, part) for part in parts]
    top = roots[0]
    if top is None:
        return
    title = _Part.ref(objects[top][0], b"First")
    items = _items(objects, title)
    for root in roots[1:]:
        items += _items(objects, root) if root is not None else []
    for place, number in enumerate(items):
        text = re.sub(rb"/(?:Parent|Prev|Next) \d+ 0 R", b"", objects[number][0])
        links = b"/Parent %d 0 R" % title
        links += b"/Prev %d 0 R" % items[place - 1] if place else b""
        links += b"/Next %d 0 R" % items[place + 1] if place + 1 < len(items) else b""
        objects[number] = (text.replace(b"<<", b"<<" + links, 1), b"")
    if items:
        text = re.sub(rb"/(?:First|Last) \d+ 0 R|/Count -?\d+", b"", objects[title][0])
        span = b"/First %d 0 R/Last %d 0 R/Count %d" % (items[0], items[-1], -len(items))
        objects[title] = (text.replace(b"<<", b"<<" + span, 1), b"")


def _outline(objects: Objects, part: _Part) -> int | None:
    text = objects[part.root][0]
    return _Part.ref(text, b"Outlines") if b"/Outlines" in text else None


def _items(objects: Objects, parent: int) -> list[int]:
    """Entries right below one."""
    found: list[int] = []
    text, name = objects[parent][0], b"First"
    while b"/" + name + b" " in text:
        number = _Part.ref(text, name)
        found.append(number)
        text, name = objects[number][0], b"Next"
    return found


def _pages_of(objects: Objects, root: int) -> range:
    return range(_count(objects[_Part.ref(objects[root][0], b"Pages")][0]))


def _with_pages(metadata: tuple[bytes, bytes], pages: int) -> tuple[bytes, bytes]:
    text, stream = metadata
    changed = _PAGES_IN_XMP.sub(rb"\g<1>%d\g<2>" % pages, stream)
    length = len(changed) - len(stream)
    found = re.search(rb"/Length (\d+)", text)
    if found is None:
        raise JoinError("Length")
    return text.replace(found[0], b"/Length %d" % (int(found[1]) + length), 1), changed


def _written(objects: Objects, first: _Part) -> bytes:
    """What can be reached, numbered anew in order, with the table of places."""
    order = _reached(objects, (first.root, first.info))
    numbers = {old: new for new, old in enumerate(order, start=1)}

    def token(found: re.Match[bytes]) -> bytes:
        return found[0] if found[1] is None else b"%d 0 R" % numbers[int(found[1])]

    out = bytearray(b"%PDF-1.7\n%\x80\x80\x80\x80\n\n")
    places: list[int] = []
    for old in order:
        text, stream = objects[old]
        places.append(len(out))
        out += b"%d 0 obj\n%s\n" % (numbers[old], _TOKEN.sub(token, text))
        out += stream + b"endobj\n\n" if stream else b"endobj\n\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f\r\n" % (len(order) + 1)
    out += b"".join(b"%010d 00000 n\r\n" % place for place in places)
    trailer = (len(order) + 1, numbers[first.root], numbers[first.info], first.ids, start)
    out += b"trailer\n<</Size %d/Root %d 0 R/Info %d 0 R%s>>\nstartxref\n%d\n%%%%EOF" % trailer
    return bytes(out)


def _reached(objects: Objects, roots: Sequence[int]) -> list[int]:
    seen = dict.fromkeys(roots)
    waiting = list(roots)
    while waiting:
        for found in _TOKEN.finditer(objects[waiting.pop()][0]):
            number = int(found[1]) if found[1] is not None else 0
            if number and number not in seen:
                if number not in objects:
                    raise JoinError(f"object {number}")
                seen[number] = None
                waiting.append(number)
    return sorted(seen)
