"""A handbook as Markdown. Names of the profile are text: nothing in them becomes markup or a link (SEC-26)."""

from __future__ import annotations

import html
import re

from console.hub.handbook.blocks import Block, Facts, Handbook, Heading, Paragraph, Table

_MARKS = re.compile(r"([\\`*_\[\]|~#$])")
_AT_START = re.compile(r"^(?:([-+=])|(\d+)([.)]))")


def write(handbook: Handbook) -> str:
    """The whole handbook."""
    parts = [f"# {escaped(handbook.title)}", f"## {escaped(handbook.contents)}"]
    contents = (
        f"{'  ' * (heading.level - 2)}- [{escaped(heading.text)}](#{heading.id})"
        for heading in handbook.headings()
    )
    parts.append("\n".join(contents))
    parts += [_block(block) for block in handbook.blocks]
    return "\n\n".join(parts) + "\n"


def escaped(text: str) -> str:
    """Text that Markdown shows as it is; an address in it is no link."""
    safe = _MARKS.sub(r"\\\1", html.escape(text, quote=False))
    return safe.replace("://", "&#58;//").replace("@", "&#64;").replace("\n", "<br>")


def _block(block: Block) -> str:
    match block:
        case Heading(level=level, text=text, id=anchor):
            return f'<a id="{anchor}"></a>\n\n{"#" * level} {escaped(text)}'
        case Paragraph(text=text):
            return _AT_START.sub(lambda m: f"\\{m[1]}" if m[1] else f"{m[2]}\\{m[3]}", escaped(text))
        case Facts(rows=rows):
            return "\n".join(f"- **{escaped(name)}**: {escaped(value)}" for name, value in rows)
        case Table(heads=heads, rows=rows):
            lines = [_row(heads), "|" + " --- |" * len(heads), *(_row(row) for row in rows)]
            return "\n".join(lines)


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(escaped(cell) for cell in cells) + " |"
