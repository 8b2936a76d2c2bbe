"""The command line of reports: `export` and `verify`.

Exit codes: 0 made, or verified as made; 1 it could not be, or something differs; 2 a bad argument; 143 cancelled.
"""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from platformdirs import user_data_path

from console.core.site import Site
from console.core.words import Lang, Words
from console.report.errors import ReportError
from console.report.export import FORMATS, Exported, Job, Watch, export, steps_of
from console.report.facts.record import Kind
from console.report.key import load_key, read_public
from console.report.outbox import failure
from console.report.progress import Cancelled, Progress, cancellable
from console.report.render.speech import Speech, read_words
from console.report.store.collect import collect, site_held
from console.report.store.question import Question
from console.report.store.site_folder import read_site
from console.report.times import read_at
from console.report.verify import Verdict, verify
from console.setup.arguments import DEFAULT_SITE, ExportOptions, VerifyOptions

DONE, FAILED, BAD_ARGUMENT, CANCELLED = 0, 1, 2, 143
_ARGUMENTS = frozenset({"time", "range", "about", "about_needed", "unknown_subject", "formats"})


def main(options: ExportOptions | VerifyOptions) -> int:
    """Do it; results go to standard output, what went wrong to standard error."""
    try:
        return _done(options)
    except BrokenPipeError:
        # Whoever read the lines has seen enough; the files are there all the same.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED if isinstance(options, VerifyOptions) else DONE


def _done(options: ExportOptions | VerifyOptions) -> int:
    words, lang = read_words(), _lang()
    progress = Progress(sys.stdout if isinstance(options, ExportOptions) and options.progress else None)
    try:
        if isinstance(options, VerifyOptions):
            return _verified(options, words, lang)
        with cancellable() as settle:
            done = _exported(options, Watch(progress, settle))
    except Cancelled:
        progress.cancelled()
        return CANCELLED
    except ReportError as error:
        progress.failed(error.key, error.fields)
        fields = {name: _plain(text) for name, text in error.fields.items()}
        sys.stderr.write(words.say(f"reports.bad.{error.key}", lang, **fields) + "\n")
        return BAD_ARGUMENT if error.key in _ARGUMENTS else FAILED
    if options.progress:
        speech = Speech(words, (lang,), done.report.time_zone)
        progress.done(done.files, done.report.until, map(speech.missing, done.report.missing))
    else:
        _tell(_summary(done, words, lang))
    return DONE


def _exported(options: ExportOptions, watch: Watch) -> Exported:
    formats = tuple(dict.fromkeys(part.strip() for part in options.formats.split(",") if part.strip()))
    for form in formats:
        if form not in FORMATS:
            raise ReportError("formats", text=form, known=", ".join(FORMATS))
    kind = Kind(options.kind)
    if options.about and kind not in (Kind.INCIDENT, Kind.ASSET):
        raise ReportError("about")
    if kind is Kind.ASSET and not options.about:
        raise ReportError("about_needed")
    site = _site(options)
    zone = ZoneInfo(site.time_zone)
    start, end = _time("--from", options.start, zone), _time("--to", options.end, zone)
    if start >= end:
        raise ReportError("range")
    watch.progress.plan(steps_of(formats or FORMATS))
    watch.progress.begin("collect")
    collected = collect(options.data, site, Question(kind, start, end, options.about))
    folder = user_data_path("gwanje", appauthor=False)
    try:
        key = load_key(folder)
    except OSError as error:
        raise failure(folder, error) from error
    job = Job(
        kind=kind,
        about=options.about,
        langs=(Lang.KO, Lang.EN) if options.lang == "both" else (Lang(options.lang),),
        formats=formats or FORMATS,
        made_at=time.time_ns() // 10**9 * 10**9,
        station=platform.node(),
        site_folder=options.site,
    )
    return export(collected, job, options.out, key, watch)


def _site(options: ExportOptions) -> Site:
    """The profile that was asked for, else the one that the console was told, else the shipped one."""
    if options.site is not None:
        return read_site(options.site)
    latest = site_held(options.data, 2**62)
    if latest is None:
        return read_site(DEFAULT_SITE)
    # The zone of the latest says when the end is; the profile that was in force then is what counts.
    end = _time("--to", options.end, ZoneInfo(latest.time_zone))
    return site_held(options.data, end) or latest


def _time(option: str, text: str, zone: ZoneInfo) -> int:
    try:
        return read_at(text, zone)
    except (ValueError, OverflowError) as error:
        raise ReportError("time", option=option, text=text[:60]) from error


def _summary(done: Exported, words: Words, lang: Lang) -> Iterator[str]:
    report = done.report
    speech = Speech(words, (lang,), report.time_zone)
    yield from (str(path) for path in done.files)
    kind = speech.say(f"reports.kind.{report.kind}")
    yield speech.say("reports.done.summary", kind=kind, n=len(done.files), until=speech.time(report.until))
    yield from (speech.missing(missing) for missing in report.missing)


def _verified(options: VerifyOptions, words: Words, lang: Lang) -> int:
    keys: list[bytes] = []
    for path in options.keys:
        public = read_public(path)
        if public is None:
            raise ReportError("unreadable", name=str(path), detail="Ed25519")
        keys.append(public)
    verdict = verify(options.file, keys)
    _tell(_said(verdict, words, lang))
    return FAILED if verdict.differences else DONE


def _said(verdict: Verdict, words: Words, lang: Lang) -> Iterator[str]:
    report, stamp = verdict.report, verdict.evidence.manifest.stamp
    speech = Speech(words, (lang,), report.time_zone)
    for one in verdict.differences:
        fields = {name: _plain(text) for name, text in one.fields.items()}
        if one.key == "ledger":
            fields["fault"] = speech.code("ledger.fault", fields["fault"])
        yield speech.say(f"reports.differ.{one.key}", **fields)
    if verdict.differences:
        yield speech.say("reports.done.differs", n=len(verdict.differences))
        return
    yield speech.say("reports.done.sound", figures=len(report.figures), tables=len(report.tables))
    yield speech.say(
        "reports.done.signed",
        fingerprint=stamp.key,
        station=_plain(stamp.station),
        at=speech.time(stamp.made_at),
    )
    if not verdict.key_known:
        yield speech.say("reports.done.key_unknown")
    if verdict.records:
        yield speech.say("reports.done.ledger", n=verdict.records, signed=verdict.signed_to)
    else:
        yield speech.say("reports.done.no_ledger")


def _lang() -> Lang:
    """Language of the terminal; Korean only where it says so."""
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    chosen = next((os.environ[name] for name in names if os.environ.get(name)), "")
    return Lang.KO if chosen.lower().startswith("ko") else Lang.EN


def _plain(text: str) -> str:
    """Without what would steer a terminal."""
    return "".join(c if c.isprintable() else "�" for c in text)


def _tell(lines: Iterator[str]) -> None:
    for line in lines:
        sys.stdout.write(f"{line}\n")
