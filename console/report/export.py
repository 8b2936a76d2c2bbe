"""One export: a record, its renderings and its evidence, all of them or none."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from xlsxwriter.exceptions import FileCreateError  # pyright: ignore[reportMissingTypeStubs]

from console.core.words import Lang, Words
from console.report.evidence import (
    SUFFIX,
    Evidence,
    Manifest,
    encode_holdings,
    signed,
    stamped,
    write_evidence,
)
from console.report.facts.build import build
from console.report.facts.record import Kind, Report
from console.report.holdings import Holdings
from console.report.key import public_of
from console.report.outbox import Outbox
from console.report.progress import Progress
from console.report.render.basemap import base_map
from console.report.render.csv import write_samples, write_table
from console.report.render.html import html
from console.report.render.json import canonical, document
from console.report.render.layout import PLAIN, Layout, layout_of
from console.report.render.page import Look, page_of
from console.report.render.press import pressed
from console.report.render.speech import Speech, read_words
from console.report.render.stamp import Stamp
from console.report.render.workshop import find_template
from console.report.store.question import Collected

FORMATS = ("pdf", "xlsx", "csv", "html", "json")
_TABLE = "reports.table."
_PLAIN = re.compile(r"[^A-Za-z0-9_-]+")


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """What is wanted of some holdings; `made_at` is UTC ns."""

    kind: Kind
    about: str = ""
    langs: tuple[Lang, ...] = (Lang.KO,)
    formats: tuple[str, ...] = FORMATS
    made_at: int
    station: str
    site_folder: Path | None = None
    """Where the site's own templates may be."""


class Exported(msgspec.Struct, frozen=True):
    """The record and the files that were made."""

    report: Report
    files: list[Path]


class Watch(msgspec.Struct, frozen=True):
    """Who follows an export: `settle` is called when there is no way back."""

    progress: Progress
    settle: Callable[[], None]


_NOBODY = Watch(Progress(), lambda: None)


def steps_of(formats: Sequence[str]) -> int:
    """Steps of an export, with the collecting before it and the end."""
    return len(formats) + 5


def export(
    collected: Collected, job: Job, folder: Path, key: Ed25519PrivateKey, watch: Watch = _NOBODY
) -> Exported:
    """Make every file in `folder`. Raises ReportError; then nothing is left there."""
    watch.progress.begin("facts")
    report = build(job.kind, collected.holdings, job.about)
    words = read_words()
    speech = Speech(words, job.langs, report.time_zone)
    layout = layout_of(job.site_folder, report.kind, table_names(words))
    stem = stem_of(report, job.langs, speech)
    data = encode_holdings(collected.holdings)
    stamp = stamped(report, data, key, made_at=job.made_at, station=job.station, stem=stem)
    with Outbox(folder) as box:
        files: dict[str, str] = {}
        style = Style(job.site_folder, layout)
        render = Rendering(report, stamp, speech, collected.holdings, style)
        for form in job.formats:
            watch.progress.begin(form, f"{stem}.{form}")
            files |= render.write(box, form, stem)
        watch.progress.begin("evidence", stem + SUFFIX)
        manifest = Manifest(
            stamp=stamp,
            lang="+".join(job.langs),
            public=public_of(key).hex(),
            ledger=sha256(collected.ledger).hexdigest(),
            files=files,
            layout=layout,
        )
        evidence = Evidence(signed(manifest, key), canonical(report), data, collected.ledger)
        box.write(stem + SUFFIX, lambda path: write_evidence(path, evidence))
        watch.progress.begin("deliver")
        watch.settle()
        return Exported(report, box.deliver())


def table_names(words: Words) -> frozenset[str]:
    """Tables that a layout may name."""
    return frozenset(key.removeprefix(_TABLE) for key in [*words.keys()] if key.startswith(_TABLE))


def stem_of(report: Report, langs: Sequence[Lang], speech: Speech) -> str:
    """How the files begin: letters, digits and hyphens only, whatever a site is called (SEC-32)."""
    times = (f"{speech.local(at):%Y%m%dT%H%M%S}" for at in (report.start, report.end))
    parts = (report.kind, report.site_id, report.about, *times, "+".join(langs).replace("+", "-"))
    return "-".join(_PLAIN.sub("_", part)[:60] for part in parts if part)


class Style(msgspec.Struct, frozen=True):
    """Where the site's own templates may be, and how it wants its pages."""

    site: Path | None = None
    layout: Layout = PLAIN


_PLAIN_STYLE = Style()


class Rendering:
    """Writes one report in any format; the same report, stamp and style give the same bytes."""

    def __init__(
        self,
        report: Report,
        stamp: Stamp,
        speech: Speech,
        holdings: Holdings,
        style: Style = _PLAIN_STYLE,
    ) -> None:
        self._report, self._stamp, self._speech = report, stamp, speech
        self._holdings, self._style = holdings, style

    def write(self, box: Outbox, form: str, stem: str) -> dict[str, str]:
        """Files of a format by name, with their SHA-256."""
        if form == "csv":
            return self._csv(box, stem)
        name = f"{stem}.{form}"
        if form == "xlsx":
            return {name: box.write(name, self._xlsx)}
        return {name: box.write(name, lambda path: path.write_bytes(self._bytes(form)))}

    def _bytes(self, form: str) -> bytes:
        if form == "json":
            return document(self._report, self._stamp)
        site = self._style.site
        look = Look(self._style.layout, base_map(self._holdings.site, site))
        page = page_of(self._report, self._stamp, self._speech, look)
        if form == "html":
            return html(page).encode()
        return pressed(page, find_template(site, self._report.kind))

    def _xlsx(self, path: Path) -> None:
        from console.report.render.xlsx import write_xlsx

        try:
            write_xlsx(path, self._report, self._stamp, self._speech)
        except FileCreateError as error:
            raise _cause(error) from error

    def _csv(self, box: Outbox, stem: str) -> dict[str, str]:
        files: dict[str, str] = {}
        for table in self._report.tables:
            name = f"{stem}.{table.name}.csv"
            files[name] = box.write(name, lambda path, t=table: write_table(path, t, self._speech))
        if self._holdings.trends:
            name = f"{stem}.trends.csv"
            files[name] = box.write(
                name, lambda path: write_samples(path, self._holdings.trends, self._speech)
            )
        return files


def _cause(error: FileCreateError) -> OSError:
    """The error of the system that xlsxwriter wraps."""
    first: object = error.args[0] if error.args else None
    return first if isinstance(first, OSError) else OSError(str(error))
