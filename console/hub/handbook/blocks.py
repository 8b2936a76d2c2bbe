"""What a handbook is made of before it is Markdown or HTML; every text is plain and is escaped when it is written."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 to 4; those up to level 3 are in the table of contents. `id` is made by us, never data."""

    level: int
    text: str
    id: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells under their heads."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and what they stand for; empty ones have been left out."""

    rows: tuple[tuple[str, str], ...]


Block = Heading | Paragraph | Table | Facts
CONTENTS_LEVEL = 3


@dataclass(frozen=True, slots=True)
class Handbook:
    """Title, language of the page, and the blocks in order."""

    title: str
    lang: str
    contents: str
    """Heading of the table of contents."""
    blocks: tuple[Block, ...]

    def headings(self) -> list[Heading]:
        """Those of the table of contents."""
        return [b for b in self.blocks if isinstance(b, Heading) and 1 < b.level <= CONTENTS_LEVEL]
