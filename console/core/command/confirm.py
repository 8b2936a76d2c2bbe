"""What the hub says will happen, in both languages, and the digest that everything after it is bound to (CMD-05)."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Sequence

import msgspec

from console.core.catalogue import Catalogue
from console.core.command.control_facts import ConfirmText, TagFact
from console.core.command.validation import Intent
from console.core.site import NO_TEXT, TagDef, TagKind
from console.core.words import Lang, Text, Words


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """What a command meets: the present value of its feedback (NaN if unknown) and caution tags on the asset."""

    present: float = math.nan
    cautions: tuple[TagFact, ...] = ()


class ConfirmWriter:
    """Writes confirmations for the commands of one site."""

    def __init__(self, catalogue: Catalogue, words: Words) -> None:
        self._catalogue = catalogue
        self._words = words

    def command(self, intent: Intent, scene: Scene) -> ConfirmText:
        """Target and area, present and new value, consequence, cautions, and whether it is a test."""
        title, lines = self._told(intent, scene)
        request = intent.request
        return bound(
            request.command_id, [request.asset, request.command, intent.value, request.test], title, lines
        )

    def group(
        self, group_id: str, members: Sequence[tuple[Intent, Scene]], blocked: Sequence[tuple[str, str]]
    ) -> ConfirmText:
        """What every member would do, and which are blocked, each as (asset, reason code)."""
        lines: list[Text] = []
        bodies: list[object] = []
        for intent, scene in members:
            title, told = self._told(intent, scene)
            lines += [title, *told[1:]]
            request = intent.request
            bodies.append([request.command_id, request.asset, request.command, intent.value, request.test])
        lines += [self._blocked(name, code) for name, code in blocked]
        title = self._said("confirm.group", n=len(members), blocked=len(blocked))
        return bound(group_id, bodies, title, tuple(lines))

    def _told(self, intent: Intent, scene: Scene) -> tuple[Text, tuple[Text, ...]]:
        asset = self._catalogue.assets[intent.request.asset]
        area = self._catalogue.areas.get(asset.area)
        title = self._of("confirm.title", asset=asset.name, verb=intent.definition.label)
        lines = [
            self._of(
                "confirm.target", asset=asset.name, id=_same(asset.id), area=area.name if area else NO_TEXT
            ),
            self._change(intent, scene.present),
        ]
        hazard = intent.definition.hazards.get(f"{intent.value:g}", intent.definition.hazard)
        if hazard != NO_TEXT:
            lines.append(self._of("confirm.hazard", hazard=hazard))
        for tag in scene.cautions:
            lines.append(
                self._of("confirm.caution", text=_same(tag.text), owner=_same(tag.owner_name or tag.owner))
            )
        if intent.feedback is None:
            lines.append(self._words.text("confirm.unverified"))
        if intent.request.test:
            lines.append(self._words.text("confirm.test"))
        return title, tuple(lines)

    def _change(self, intent: Intent, present: float) -> Text:
        if intent.feedback is None:
            return self._of("confirm.value", new=self._value(intent, None, intent.value))
        tag = self._catalogue.tags[intent.feedback].tag
        known = math.isfinite(present)
        old = self._value(intent, tag, present) if known else self._words.text("confirm.unknown")
        return self._of(
            "confirm.change", label=tag.label, old=old, new=self._value(intent, tag, intent.value)
        )

    def _value(self, intent: Intent, tag: TagDef | None, value: float) -> Text:
        """A value as its tag shows it: the name of a state, or a number with its unit."""
        if tag is not None and tag.kind is TagKind.DISCRETE:
            state = int(value) if value.is_integer() else -1
            return tag.states[state] if 0 <= state < len(tag.states) else _same(f"{value:g}")
        param = intent.definition.params[0] if intent.definition.params else None
        if tag is not None:
            decimals, unit = tag.decimals, tag.unit
        elif param is not None:
            decimals, unit = param.decimals, param.unit
        else:
            return intent.definition.label
        said = f"{value:.{decimals}f}"
        # What is sent is shown to its last digit, what is measured as its tag is shown everywhere.
        if value == intent.value and not math.isclose(float(said), value, rel_tol=1e-9, abs_tol=1e-12):
            said = f"{value:.10g}"
        return _same(f"{said} {unit}".strip())

    def _blocked(self, asset_id: str, code: str) -> Text:
        key, asset = f"reasons.{code}", self._catalogue.assets.get(asset_id)
        why = self._words.text(key) if key in self._words else _same(code)
        return self._of("confirm.blocked", asset=asset.name if asset else _same(asset_id), why=why)

    def _of(self, key: str, **fields: Text) -> Text:
        """A text whose places are filled in each language with the words of that language."""
        ko, en = (
            self._words.say(key, lang, **{name: text.of(lang) for name, text in fields.items()})
            for lang in (Lang.KO, Lang.EN)
        )
        return Text(ko, en)

    def _said(self, key: str, **fields: object) -> Text:
        return Text(self._words.say(key, Lang.KO, **fields), self._words.say(key, Lang.EN, **fields))


def bound(subject: str, body: Sequence[object], title: Text, lines: tuple[Text, ...]) -> ConfirmText:
    """The text with its digest: SHA-256 of canonical JSON over what is done and every word that is read."""
    whole = {
        "subject": subject,
        "body": body,
        "title": [title.ko, title.en],
        "lines": [[line.ko, line.en] for line in lines],
    }
    canonical = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return ConfirmText(title=title, lines=lines, digest=hashlib.sha256(canonical.encode()).hexdigest())


def _same(word: str) -> Text:
    return Text(word, word)
