"""Words, numbers and times of a report in one language or in both side by side."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from console.core.batch import NS
from console.core.words import Lang, Text, Words, parse_words
from console.report.facts.record import Cell, Chart, Column, ColumnKind, Figure, Missing, Report
from console.report.render.guard import visible
from resources import read_words_sources

FILES = (
    "reports.toml",
    "report_kinds.toml",
    "commands.toml",
    "command_reasons.toml",
    "feeds.toml",
    "backtest.toml",
    "ledger.toml",
)


def read_words() -> Words:
    """The words a report needs."""
    sources = read_words_sources()
    return parse_words({name: sources[name] for name in FILES})


class Speech:
    """Says what a record holds. `langs` has one language or both."""

    def __init__(self, words: Words, langs: Sequence[Lang], zone: str) -> None:
        self._words = words
        self.langs = tuple(langs)
        self._zone = ZoneInfo(zone)

    @property
    def lang(self) -> str:
        """The first language, as a document names it."""
        return self.langs[0].value

    def say(self, key: str, **fields: object) -> str:
        """Words of a key; in both languages with a stroke between where they differ."""
        return _beside([self._words.say(key, lang, **fields) for lang in self.langs])

    def text(self, text: Text) -> str:
        """A text of the site."""
        return visible(_beside([text.of(lang) for lang in self.langs]))

    def code(self, tables: str, code: str) -> str:
        """A code of a closed list, or the code itself where none of the tables has words for it."""
        keys = (f"{table}.{code}" for table in tables.split())
        key = next((key for key in keys if code and key in self._words), "")
        return self.say(key) if key else visible(code)

    def column(self, column: Column) -> str:
        """Head of a column."""
        name = column.name
        return self.say(f"kpi.name.{name[4:]}" if name.startswith("kpi.") else f"reports.column.{name}")

    def figure(self, figure: Figure) -> str:
        """What a figure is."""
        name = figure.name
        return self.say(f"kpi.name.{name[4:]}" if name.startswith("kpi.") else f"reports.figure.{name}")

    def chart(self, chart: Chart) -> str:
        """What a chart shows, with its unit."""
        title = self.say(f"reports.chart.{chart.name}") if chart.name else self.text(chart.title)
        return f"{title} ({chart.unit})" if chart.unit else title

    def missing(self, missing: Missing) -> str:
        """What is not in the report."""
        at, until = self.time(missing.at), self.time(missing.until)
        return self.say(f"reports.missing.{missing.code}", at=at, n=missing.n, until=until)

    def cell(self, cell: Cell, column: Column) -> str:
        """A cell as text; empty for nothing."""
        if cell is None:
            return ""
        if isinstance(cell, Text):
            return self.text(cell)
        if isinstance(cell, str):
            return self.code(column.words, cell) if column.kind is ColumnKind.CODE else visible(cell)
        if column.kind is ColumnKind.TIME:
            return self.time(int(cell))
        return number(cell, column.decimals)

    def verdict(self, figure: Figure) -> str:
        """How a figure stands against its target."""
        return self.code("kpi.verdict", figure.verdict)

    def time(self, at: int) -> str:
        """Local time to the second."""
        return self.local(at).strftime("%Y-%m-%d %H:%M:%S")

    def local(self, at: int) -> datetime:
        """Time in the zone of the site."""
        return datetime.fromtimestamp(at // NS, self._zone)

    def range(self, report: Report) -> str:
        """The span of a report."""
        start, end = self.time(report.start), self.time(report.end)
        return self.say("reports.text.range", start=start, end=end, zone=report.time_zone)


def number(value: float, decimals: int) -> str:
    """Digits in threes; the minus is the plain one, so that a number can be copied into other programs."""
    return f"{value:,.{decimals}f}"


def _beside(texts: list[str]) -> str:
    return " / ".join(dict.fromkeys(texts))
