"""Which points the store of a console keeps: all that some report of the site may show, the surest ones first."""

from __future__ import annotations

from collections.abc import Iterator

from console.core.site import Site
from console.report.errors import ReportError
from console.report.facts.asset import point_tags
from console.report.facts.build import tags_wanted
from console.report.facts.ground import Ground
from console.report.facts.record import Kind
from console.report.facts.trends import asset_tags
from console.report.holdings import Holdings


def points_of(site: Site) -> list[str]:
    """`asset.tag` of each point: of what whole kinds of reports are told from, then behind alarms, then the rest."""
    return list(dict.fromkeys(_points(Holdings(site=site, start=0, end=1, began=0, until=0))))


def _points(holdings: Holdings) -> Iterator[str]:
    for kind in Kind:
        if kind is Kind.ASSET:
            continue
        try:
            yield from tags_wanted(kind, holdings)
        except ReportError:
            # The site does not declare what it would be told from.
            continue
    ground = Ground(holdings)
    for alarm in ground.catalogue.alarms:
        yield ground.catalogue.tags[alarm.tag_index].key
    for asset in ground.catalogue.assets:
        yield from asset_tags(ground, asset)
    for asset in ground.catalogue.assets:
        yield from point_tags(ground, asset)
