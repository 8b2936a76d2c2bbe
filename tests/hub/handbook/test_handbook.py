"""The handbook: everything that is declared stands in it, and no name of a profile is markup (SEC-26)."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import msgspec
import pytest

from console.core.site import Site
from console.core.words import Words, parse_words
from console.hub.handbook import command
from console.hub.handbook.blocks import Paragraph
from console.hub.handbook.markdown import escaped
from console.hub.handbook.speaker import HandbookLang
from console.hub.profile import load_site
from console.setup.arguments import DEFAULT_SITE, SiteHandbookOptions
from resources import read_words_sources

TAGS = {"html", "head", "meta", "title", "style", "body", "nav", "ul", "li", "a", "h1", "h2", "h3", "h4"} | {
    *("p", "dl", "dt", "dd", "table", "thead", "tbody", "tr", "th", "td")
}
HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "${alert(1)}",
    "`</script><script>alert(1)</script>`",
    '"><svg onload=alert(1)>',
    "[x](javascript:alert(1)) | # **x**",
    "https://evil.example/ ![i](http://evil.example/x.png)",
)


@pytest.fixture(scope="module")
def words() -> Words:
    return parse_words({"handbook.toml": read_words_sources()["handbook.toml"]})


@pytest.fixture(scope="module")
def busan() -> Site:
    return load_site(DEFAULT_SITE)


class Reading(HTMLParser):
    """Tags, attributes and text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: set[str] = set()
        self.ids: list[str] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(page)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links |= {value or "" for name, value in attrs if name == "href"}
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag != "meta":
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def declared(site: Site, lang: HandbookLang) -> set[str]:
    """Texts that must be found."""
    langs = ("ko", "en") if lang == "both" else (lang,)
    found: set[str] = set()
    for kind in site.types:
        for alarm in kind.alarms:
            texts = (
                alarm.label,
                alarm.cause,
                alarm.consequence,
                alarm.action,
                *(x.label for x in alarm.levels),
            )
            found |= {text.of(one) for text in texts for one in langs} | {alarm.name}
        for order in kind.commands:
            texts = (order.label, order.hazard, *order.hazards.values(), *(x.label for x in order.interlocks))
            found |= {text.of(one) for text in texts for one in langs}
            found |= {order.name, *(lock.when for lock in order.interlocks)}
        found |= {tag.name for tag in kind.tags} | {tag.label.of(one) for tag in kind.tags for one in langs}
    for procedure in site.procedures:
        found |= {step.label.of(one) for step in procedure.steps for one in langs}
        found |= {procedure.label.of(one) for one in langs} | {step.when for step in procedure.steps}
    return found - {""}


@pytest.mark.parametrize("lang", ["ko", "en", "both"])
def test_every_point_alarm_command_and_step_of_busan_is_in_the_page(
    busan: Site, words: Words, lang: HandbookLang
) -> None:
    reading = Reading(command.written(busan, words, lang, html=True))
    text = "\n".join(reading.texts)
    assert sorted(one for one in declared(busan, lang) if one not in text) == []
    assert reading.tags <= TAGS
    assert len(reading.ids) == len(set(reading.ids))
    assert reading.links <= {f"#{anchor}" for anchor in reading.ids}
    assert len(reading.links) > 3 * len(busan.types)


def test_every_alarm_and_command_of_busan_is_in_the_markdown(busan: Site, words: Words) -> None:
    text = command.written(busan, words, "both", html=False)
    assert sorted(one for one in declared(busan, "both") if escaped(one) not in text) == []


def test_one_language_keeps_to_itself(busan: Site, words: Words) -> None:
    text = command.written(busan, words, "en", html=True)
    label = next(kind for kind in busan.types if kind.id == "pumping-station").label
    assert label.en in text
    assert label.ko not in text
    assert '<html lang="en">' in text


def hostile(site: Site, payload: str) -> Site:
    """The site with every text replaced."""

    def spoiled(node: Any) -> Any:
        if isinstance(node, dict):
            table: dict[str, Any] = node  # pyright: ignore[reportUnknownVariableType]
            if set(table) == {"ko", "en"}:
                return {"ko": payload, "en": payload}
            return {key: spoiled(value) for key, value in table.items()}
        if isinstance(node, (list, tuple)):
            return [spoiled(part) for part in node]  # pyright: ignore[reportUnknownVariableType]
        return node

    return msgspec.convert(spoiled(msgspec.to_builtins(site)), Site)


@pytest.mark.parametrize("payload", HOSTILE)
def test_hostile_names_are_harmless(busan: Site, words: Words, payload: str) -> None:
    """SEC-26: no element, attribute, script or link comes of a name."""
    site = hostile(busan, payload)
    page = command.written(site, words, "both", html=True)
    reading = Reading(page)
    assert payload in "".join(reading.texts)
    assert reading.tags <= TAGS
    assert reading.attributes <= {"lang", "charset", "http-equiv", "content", "name", "id", "href"}
    assert all(link.startswith("#s") for link in reading.links)
    marked = command.written(site, words, "both", html=False)
    assert "<img" not in marked
    assert "<script" not in marked
    assert "<svg" not in marked
    assert re.findall(r"(?<!\\)\]\((?!#s\d)", marked) == []
    assert "://" not in marked
    assert all(line.count(" | ") < 12 for line in marked.splitlines())


def test_a_paragraph_does_not_become_a_list_or_a_heading() -> None:
    from console.hub.handbook import markdown
    from console.hub.handbook.blocks import Handbook

    texts = ("- x", "1. x", "# x", "+ x", "> x", "=== x", "12) x")
    book = Handbook("t", "ko", "c", tuple(Paragraph(text) for text in texts))
    lines = [line for line in markdown.write(book).splitlines() if line][3 - 1 :]
    assert lines == ["\\- x", "1\\. x", "\\# x", "\\+ x", "&gt; x", "\\=== x", "12\\) x"]
    assert [unescape(line.replace("\\", "")) for line in lines] == list(texts)


def test_the_command_writes_the_file_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "book.html"
    out.write_text("old", "utf-8")
    assert command.main(SiteHandbookOptions(DEFAULT_SITE, out, "ko")) == 0
    assert out.read_text("utf-8").startswith("<!DOCTYPE html>")
    assert [path.name for path in tmp_path.iterdir()] == ["book.html"]
    assert "book.html" in capsys.readouterr().out


def test_a_profile_with_faults_gives_no_handbook(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    profile = tmp_path / "site"
    profile.mkdir()
    out = tmp_path / "book.md"
    assert command.main(SiteHandbookOptions(profile, out)) == 1
    assert not out.exists()
    assert "site.toml" in capsys.readouterr().out


def test_a_file_that_cannot_be_written_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "gone" / "book.md"
    assert command.main(SiteHandbookOptions(DEFAULT_SITE, out)) == 1
    assert "book.md" in capsys.readouterr().out
