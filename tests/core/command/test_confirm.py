"""What the hub says will happen, in both languages (CMD-05)."""

from __future__ import annotations

import itertools
import math
from pathlib import Path

import msgspec
import pytest
from command_sites import BLIND, OPEN, START, catalogue_of, changed, request

from console.core.command.confirm import ConfirmWriter, Scene
from console.core.command.control_facts import ConfirmText, TagFact, TagKind
from console.core.command.facts import CommandRequest
from console.core.command.validation import intent_of
from console.core.site import CommandDef
from console.core.words import Lang, Text, parse_words

WORDS = parse_words(
    {
        path.name: path.read_text("utf-8")
        for path in (Path(__file__).parents[3] / "resources" / "i18n").glob("*.toml")
    }
)
CAUTION = TagFact(
    id="t1", asset="p1", kind=TagKind.CAUTION, text="${alert(1)} {asset}", owner="lee", owner_name="이", at=1
)
NAMED = changed(OPEN, label=Text("수문 개도", "Set gate"), hazard=Text("{asset} 물", "{x} water"))


def text_of(definition: CommandDef, asked: CommandRequest, scene: Scene | None = None) -> ConfirmText:
    catalogue = catalogue_of(definition)
    writer = ConfirmWriter(catalogue, WORDS)
    return writer.command(intent_of(catalogue, asked, 0), scene or Scene(present=50.0))


def lines(text: ConfirmText, lang: Lang = Lang.EN) -> list[str]:
    return [line.of(lang) for line in text.lines]


def test_target_values_and_consequence_are_said_in_both_languages() -> None:
    """Braces in the site's own texts are only texts."""
    text = text_of(NAMED, request("open", value=60.0))
    assert (text.title.ko, text.title.en) == ("말: 수문 개도", "word: Set gate")
    assert lines(text) == [
        "Target word (p1), word",
        "word: now 50.0 → 60.0",
        "What will happen: {x} water",
    ]
    assert lines(text, Lang.KO)[2] == "예상되는 영향: {asset} 물"


def test_states_are_named_and_unknown_values_say_so() -> None:
    text = text_of(START, request(), Scene(present=0.0))
    assert lines(text)[1] == "word: now word → word"
    assert lines(text_of(START, request(), Scene()))[1] == "word: now unknown → word"
    assert lines(text_of(START, request(), Scene(present=7.0)))[1] == "word: now 7 → word"
    assert lines(text_of(START, request(), Scene(present=0.5)))[1] == "word: now 0.5 → word"


def test_what_is_sent_is_shown_to_its_last_digit() -> None:
    """A value that the usual decimals would hide is no value a person has confirmed."""
    assert lines(text_of(OPEN, request("open", value=50.04), Scene(present=50.0399)))[1] == (
        "word: now 50.0 → 50.04"
    )


def test_a_command_without_feedback_says_that_nothing_proves_it() -> None:
    said = lines(text_of(BLIND, request("blind")))
    assert said[1:] == [
        "To be sent: word",
        "No measured value proves the result. Check on site or by camera.",
    ]
    free = changed(
        OPEN, feedback_tag="", params=(msgspec.structs.replace(OPEN.params[0], unit="%", decimals=1),)
    )
    assert lines(text_of(free, request("open", value=60.0)))[1] == "To be sent: 60.0 %"


def test_cautions_and_tests_are_named() -> None:
    """A text of a tag is plain text whatever it holds."""
    definition = changed(START, test_mode=True)
    text = text_of(definition, request(test=True), Scene(present=0.0, cautions=(CAUTION,)))
    assert lines(text)[2:] == [
        "Caution tag: ${alert(1)} {asset} (이)",
        "This is a test. The device answers and does not move.",
    ]


def test_everything_that_is_read_or_done_is_in_the_digest() -> None:
    definition = changed(NAMED, test_mode=True)
    asked = request("open", value=60.0)
    other_id = CommandRequest(command_id="01JD0000000000000000000001", asset="p1", command="open", value=60.0)
    texts = [
        text_of(definition, asked),
        text_of(definition, request("open", value=61.0)),
        text_of(definition, other_id),
        text_of(definition, request("open", value=60.0, test=True)),
        text_of(definition, asked, Scene(present=49.0)),
        text_of(definition, asked, Scene(present=50.0, cautions=(CAUTION,))),
        text_of(changed(definition, hazard=Text("x", "{x} water")), asked),
        text_of(changed(definition, name="open", label=Text("수문 개도", "Gate")), asked),
    ]
    digests = [text.digest for text in texts]
    assert all(one != other for one, other in itertools.combinations(digests, 2))
    assert text_of(definition, asked) == texts[0]
    assert all(len(digest) == 64 for digest in digests)


def test_a_value_that_is_no_number_makes_no_text() -> None:
    """It cannot get this far; if it did, no digest may stand for it."""
    catalogue = catalogue_of(OPEN)
    intent = msgspec.structs.replace(intent_of(catalogue, request("open", value=60.0), 0), value=math.nan)
    with pytest.raises(ValueError, match="JSON"):
        ConfirmWriter(catalogue, WORDS).command(intent, Scene(present=50.0))


def test_a_group_says_each_member_and_what_is_blocked() -> None:
    catalogue = catalogue_of(START, OPEN)
    writer = ConfirmWriter(catalogue, WORDS)
    members = [
        (intent_of(catalogue, request(), 0), Scene(present=0.0)),
        (intent_of(catalogue, request("open", value=60.0), 0), Scene(present=50.0)),
    ]
    text = writer.group("g1", members, [("p7", "BLOCKED_BY_TAG"), ("p8", "NEVER_HEARD_OF")])
    assert text.title.en == "2 commands at once (2 blocked)"
    assert lines(text) == [
        "word: word",
        "word: now word → word",
        "word: word",
        "word: now 50.0 → 60.0",
        "Not sent: p7, blocked by a tag",
        "Not sent: p8, NEVER_HEARD_OF",
    ]
    assert writer.group("g2", members, []).digest != writer.group("g1", members, []).digest
