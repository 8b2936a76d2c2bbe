"""Checking of the expressions of a profile once all its assets are known: interlocks and steps of procedures."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from console.core.command.expression import ExpressionFault, ExpressionReason, Resolve, parse
from console.core.profile.entry import Entry
from console.core.profile.faults import ProfileFault
from console.core.profile.feed_maps import TypeNames
from console.core.site import Asset, AssetType


@dataclass(frozen=True, slots=True)
class Known:
    """What a profile declares; what is at fault itself is known by name only, so that one fault is told once."""

    names: Mapping[str, TypeNames]
    """Of every type that has a file."""
    types: Mapping[str, AssetType]
    """The sound ones."""
    asset_ids: Collection[str]
    type_of: Mapping[str, str]
    """Type of each sound asset."""

    @staticmethod
    def of(
        names: Mapping[str, TypeNames],
        types: Sequence[AssetType],
        asset_ids: Collection[str],
        assets: Sequence[Asset],
    ) -> Known:
        """From what has been read."""
        return Known(names, {kind.id: kind for kind in types}, asset_ids, {a.id: a.type for a in assets})

    def resolver(self, own_type: str = "") -> Resolve:
        """Names of tags as an expression of `own_type` may use them; empty: it has no own asset."""

        def resolve(asset: str, tag: str) -> str:
            if not asset and not own_type:
                raise LookupError(ExpressionReason.NO_OWN_ASSET)
            if asset and asset not in self.asset_ids:
                raise LookupError(ExpressionReason.UNKNOWN_ASSET)
            kind = self.names.get(self.type_of.get(asset, "") if asset else own_type)
            if kind is not None and kind.tags is not None and tag not in kind.tags:
                raise LookupError(ExpressionReason.UNKNOWN_TAG)
            return f"{asset}.{tag}"

        return resolve


def check_interlocks(entry: Entry, kind: AssetType, known: Known) -> None:
    """Reports faults of the interlocks of a sound type; `entry` is the root of its file."""
    for command in entry.entries("command"):
        for lock in command.entries("interlock"):
            check_condition(lock, "when", known.resolver(kind.id))


def check_condition(entry: Entry, field: str, resolve: Resolve) -> None:
    """Reports a fault of the expression at `field`, with its column."""
    try:
        parse(str(entry.table.get(field, "")), resolve)
    except ExpressionFault as fault:
        reason = ProfileFault(f"expression_{fault.reason}")
        entry.fault(reason, field, where=str(fault.where), found=fault.found)
