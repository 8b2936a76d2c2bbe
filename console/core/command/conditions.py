"""Expressions of a sound site over the tags of its catalogue."""

from __future__ import annotations

from console.core.catalogue import Catalogue
from console.core.command.expression import Expression, ExpressionReason, Resolve, parse


def compiled(catalogue: Catalogue, text: str, asset: str = "") -> Expression:
    """The condition, with `asset` as the own one; raises ExpressionFault."""
    return parse(text, _resolver(catalogue, asset))


def _resolver(catalogue: Catalogue, own: str) -> Resolve:
    def resolve(asset: str, tag: str) -> str:
        named = asset or own
        if not named:
            raise LookupError(ExpressionReason.NO_OWN_ASSET)
        if named not in catalogue.assets:
            raise LookupError(ExpressionReason.UNKNOWN_ASSET)
        key = f"{named}.{tag}"
        if all(point.key != key for point in catalogue.tags_of(named)):
            raise LookupError(ExpressionReason.UNKNOWN_TAG)
        return key

    return resolve
