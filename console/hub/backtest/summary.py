"""The summary of a back-test in words, for standard error."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from console.core.alarm.comparison import AlarmCount, Comparison, Run
from console.core.alarm.kpi import Figure, Kpis
from console.core.alarm.nuisance import Nuisance
from console.core.catalogue import Catalogue
from console.core.plaintext import first_forbidden
from console.core.words import Lang, Words
from console.hub.backtest.history import HistoryFile
from console.hub.backtest.samples import NAMED_LINES, SampleFile

LISTED = 10
"""Alarms that a list shows; the JSON lines have all of them."""


class Teller:
    """Says what was read and found in one language."""

    def __init__(self, words: Words, lang: Lang, catalogue: Catalogue) -> None:
        self._words = words
        self._lang = lang
        self._alarms = catalogue.alarms

    def bad_lines(self, source: SampleFile | HistoryFile) -> Iterator[str]:
        """What could not be used of the samples."""
        if isinstance(source, HistoryFile):
            if source.damaged:
                yield self.say("backtest.read.damaged", n=source.damaged)
            if source.unknown:
                yield self.say("backtest.read.unknown", n=source.unknown)
            return
        for bad in source.bad[:NAMED_LINES]:
            words = self.say(f"backtest.line.{bad.fault}", found=plain(bad.found))
            yield self.say("backtest.read.line", name=source.name, line=bad.line, words=words)
        if source.faults:
            reasons = ", ".join(
                f"{self.say(f'backtest.fault.{fault}')} {n}" for fault, n in source.faults.most_common()
            )
            yield self.say("backtest.read.bad", n=source.faults.total(), reasons=reasons)

    def figures(self, kpis: Kpis) -> Iterator[str]:
        """Every figure with its target and verdict, and the most frequent alarms."""
        yield self.say("kpi.head", alarms=kpis.alarms)
        for figure in kpis.figures:
            yield self.say(
                "kpi.row",
                name=self.say(f"kpi.name.{figure.name}"),
                value=_number(figure.value),
                target=_goal(figure),
                verdict=self.say(f"kpi.verdict.{figure.verdict}"),
            )
        if kpis.top:
            yield self.say("kpi.top")
        for offender in kpis.top:
            alarm = self._alarms[offender.alarm].key
            yield self.say("kpi.top_row", alarm=alarm, n=offender.count, share=_number(offender.share))

    def worklist(self, entries: Sequence[Nuisance]) -> Iterator[str]:
        """Nuisance alarms with what to try."""
        if entries:
            yield self.say("kpi.worklist")
        for entry in entries[:LISTED]:
            key = self._alarms[entry.alarm].key
            yield self.say(
                "kpi.nuisance",
                alarm=key,
                kinds=", ".join(self.say(f"kpi.kind.{kind}") for kind in entry.kinds),
                n=entry.score,
                reason=self.say(f"kpi.reason.{entry.reason}"),
                setting=f"--set {entry.change.setting(key)}" if entry.change else "",
            ).rstrip()
        if len(entries) > LISTED:
            yield self.say("backtest.changed.more", n=len(entries) - LISTED)

    def changed(self, comparison: Comparison) -> Iterator[str]:
        """What the settings would have changed."""
        counts = comparison.counts()
        yield self.say(
            "backtest.changed.head",
            before=sum(count.before for count in counts),
            after=sum(count.after for count in counts),
            only_before=comparison.transitions[Run.BEFORE],
            only_after=comparison.transitions[Run.AFTER],
        )
        moved: list[AlarmCount] = [count for count in counts if count.before != count.after]
        for count in moved[:LISTED]:
            alarm = self._alarms[count.alarm].key
            yield self.say("backtest.changed.alarm", alarm=alarm, before=count.before, after=count.after)
        if len(moved) > LISTED:
            yield self.say("backtest.changed.more", n=len(moved) - LISTED)

    def say(self, key: str, **fields: object) -> str:
        """One sentence."""
        return self._words.say(key, self._lang, **fields)


def plain(text: str) -> str:
    """What a stranger wrote, without characters that move the cursor of a terminal."""
    return "".join(f"\\u{ord(c):04x}" if first_forbidden(c) else c for c in text)


def _number(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.2f}".rstrip("0").rstrip(".")


def _goal(figure: Figure) -> str:
    return f"{figure.target:g}"
