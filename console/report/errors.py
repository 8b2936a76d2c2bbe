"""What can go wrong with a report: one error with the key of its words."""

from __future__ import annotations

from console.core.errors import GwanjeError


class ReportError(GwanjeError):
    """A report that cannot be made or checked; `key` is of the words `reports.bad.<key>`."""

    def __init__(self, key: str, **fields: str) -> None:
        self.key = key
        self.fields = fields
        super().__init__(f"{key} {fields}")
