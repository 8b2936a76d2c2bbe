"""Paths into a JSON tree, such as `data.0.device.id`; pure.

Parts are keys or list positions, parted by dots; a path starting with `^` begins at the frame and not at the
item; the empty path is the item itself.
"""

from __future__ import annotations

from typing import cast

Tree = dict[str, object]
MISSING = object()
"""What `find` gives where there is nothing; None is a value of JSON."""
_MAX_LEVELS = 8


def find(path: str, item: object, frame: object) -> object:
    """The node at `path`, or MISSING."""
    if not path:
        return item
    node = item
    if path.startswith("^"):
        path, node = path[1:], frame
    for part in path.split(".") if path else ():
        if isinstance(node, dict) and part in node:
            node = cast("Tree", node)[part]
        elif isinstance(node, list) and part.isdecimal() and int(part) < len(cast("list[object]", node)):
            node = cast("list[object]", node)[int(part)]
        else:
            return MISSING
    return node


def leaves(node: object, prefix: str = "", level: int = 0) -> dict[str, object]:
    """Plain values below `node` by dotted path; null stays None."""
    if level >= _MAX_LEVELS:
        return {}
    found: dict[str, object] = {}
    for name, value in _children(node):
        path = f"{prefix}.{name}" if prefix else name
        if isinstance(value, (dict, list)):
            found |= leaves(cast("object", value), path, level + 1)
        else:
            found[path] = value
    return found


def measured(node: object, at: str, names: tuple[str, ...], prefix: str = "") -> dict[str, object]:
    """Plain values below `node`, which stands at the path `at`, without those at the paths `names`: a time or the name
    of a thing is no value of it.
    """
    found = leaves(node, prefix)
    below = f"{at}." if at else ""
    for name in names:
        if name and name.startswith(below):
            own = name[len(below) :]
            found.pop(f"{prefix}.{own}" if prefix else own, None)
    return found


def _children(node: object) -> list[tuple[str, object]]:
    if isinstance(node, dict):
        return list(cast("Tree", node).items())
    if isinstance(node, list):
        return [(str(index), value) for index, value in enumerate(cast("list[object]", node))]
    return []
