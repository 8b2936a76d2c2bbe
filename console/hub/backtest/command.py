"""The command line of a back-test.

Exit codes: 0 every sample was used; 1 something could not be read, the rest was played; 2 a bad argument.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import time
import zlib
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from console.core.alarm.trial import BadSetting, changed_catalogue, read_setting
from console.core.batch import NS, Batch
from console.core.catalogue import Catalogue
from console.core.errors import DecodeError, GwanjeError, ProfileErrors
from console.core.site import Site
from console.core.words import parse_words
from console.hub.backtest.history import HistoryFile
from console.hub.backtest.lines import LineWriter, SummaryLine, changed_lines, nuisance_lines
from console.hub.backtest.samples import SampleFile
from console.hub.backtest.session import Result, Session
from console.hub.backtest.stamps import read_at, write_at
from console.hub.backtest.summary import Teller, plain
from console.hub.profile import fault_line, lang_of, load_site
from console.setup.arguments import BacktestOptions
from resources import read_words_sources

DONE, FAILED, BAD_ARGUMENT = 0, 1, 2
_EVER = (-(2**63), 2**63 - 1)
_FILES = ("backtest.toml", "profile.toml")

Source = SampleFile | HistoryFile


class BadArgument(GwanjeError):
    """An argument that cannot be used: a key of the words and its fields."""

    def __init__(self, key: str, **fields: str) -> None:
        self.key = key
        self.fields = fields
        super().__init__(key)


def main(options: BacktestOptions) -> int:
    """Play recorded samples; transitions go to standard output or a file, words to standard error."""
    sources = read_words_sources()
    words = parse_words({name: sources[name] for name in _FILES})
    lang = lang_of(os.environ)
    try:
        site = load_site(options.site)
    except ProfileErrors as errors:
        _tell(fault_line(fault, words, lang) for fault in errors.faults)
        return FAILED
    teller = Teller(words, lang, Catalogue(site))
    try:
        return _played(options, site, teller)
    except BadArgument as bad:
        _tell([teller.say(bad.key, **bad.fields)])
        return BAD_ARGUMENT
    except BadSetting as bad:
        fields = {"text": bad.text, "part": bad.part, "known": bad.known}
        shown = {name: plain(text[:200]) for name, text in fields.items()}
        _tell([teller.say(f"backtest.setting.{bad.fault}", **shown)])
        return BAD_ARGUMENT
    except BrokenPipeError:
        # Whoever read the lines has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE


def _played(options: BacktestOptions, site: Site, teller: Teller) -> int:
    start, end = _span(options)
    settings = [read_setting(text) for text in options.settings]
    catalogue = Catalogue(site)
    tried = changed_catalogue(site, settings) if settings else None
    source = _source(options, catalogue, (start, end))
    begin = time.perf_counter()
    with _output(options.out) as stream:
        writer = LineWriter(stream, catalogue)
        session = Session(catalogue, tried, writer)
        batches = _Readable(source)
        result = session.play(batches.batches(), start, end)
        writer.summary(_summary(result, session, source, catalogue, writer.transitions))
    spent = time.perf_counter() - begin
    _tell(teller.bad_lines(source))
    if batches.failure:
        _tell([teller.say("backtest.bad.unreadable", name=source.name, detail=plain(batches.failure))])
    _tell(_words_of(result, session, source, teller, (spent, writer.transitions)))
    whole = not batches.failure and not _left_out(source) and result.rows
    return DONE if whole else FAILED


class _Readable:
    """Batches of a source until it ends or cannot be read on; what was read before counts."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.failure = ""

    def batches(self) -> Iterator[Batch]:
        try:
            yield from self._source.batches()
        except OSError as error:
            self.failure = error.strerror or str(error)
        except (EOFError, zlib.error, sqlite3.Error) as error:
            self.failure = str(error)


def _words_of(
    result: Result, session: Session, source: Source, teller: Teller, spent: tuple[float, int]
) -> Iterator[str]:
    """What a person reads at the end; `spent` is seconds and transitions."""
    seconds, transitions = spent
    if result.kpis is None:
        yield teller.say("backtest.read.nothing", name=source.name)
        return
    played_s = (result.end - result.start) / NS
    yield teller.say(
        "backtest.read.rows",
        name=source.name,
        rows=f"{result.rows:,}",
        transitions=f"{transitions:,}",
        hours=f"{played_s / 3600:.2f}",
        seconds=f"{seconds:.1f}",
        ratio=f"{played_s / seconds:,.0f}",
    )
    if result.backward:
        yield teller.say("backtest.read.backward", n=result.backward)
    yield from teller.figures(result.kpis.whole)
    yield from teller.worklist(result.worklist)
    if session.comparison is not None:
        yield from teller.changed(session.comparison)


def _summary(
    result: Result, session: Session, source: Source, catalogue: Catalogue, transitions: int
) -> SummaryLine:
    counts = session.comparison.counts() if session.comparison is not None else []
    top = result.kpis.whole.top if result.kpis is not None else ()
    return SummaryLine(
        rows=result.rows,
        bad_lines=_left_out(source),
        transitions=transitions,
        start=write_at(result.start) if result.rows else "",
        end=write_at(result.end) if result.rows else "",
        kpis=result.kpis,
        kpis_after=result.kpis_after,
        top=tuple(catalogue.alarms[offender.alarm].key for offender in top),
        nuisance=nuisance_lines(result.worklist, catalogue),
        changed=changed_lines(counts, catalogue),
    )


def _left_out(source: Source) -> int:
    """Lines, blocks and rows that could not be used."""
    if isinstance(source, SampleFile):
        return source.faults.total()
    return source.damaged + source.unknown


def _span(options: BacktestOptions) -> tuple[int, int]:
    start = _time("--from", options.start, _EVER[0])
    end = _time("--to", options.end, _EVER[1])
    if start >= end:
        raise BadArgument("backtest.bad.range")
    return start, end


def _time(option: str, text: str, otherwise: int) -> int:
    if not text:
        return otherwise
    try:
        return read_at(text)
    except DecodeError as error:
        raise BadArgument("backtest.bad.time", option=option, text=plain(text[:60])) from error


def _source(options: BacktestOptions, catalogue: Catalogue, span: tuple[int, int]) -> Source:
    if options.data is not None:
        return HistoryFile(options.data, [point.key for point in catalogue.tags], *span)
    assert options.samples is not None
    return SampleFile(options.samples, catalogue)


@contextmanager
def _output(path: Path | None) -> Generator[IO[bytes]]:
    if path is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    try:
        stream = path.open("wb")
    except OSError as error:
        detail = error.strerror or str(error)
        raise BadArgument("backtest.bad.unwritable", name=str(path), detail=detail) from error
    with stream:
        yield stream


def _tell(lines: Iterable[str]) -> None:
    for line in lines:
        sys.stderr.write(f"{line}\n")
