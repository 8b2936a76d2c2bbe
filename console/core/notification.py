"""Who is told of alarms outside the control room, and how; declared in a site's `notify.toml` (ALM-29)."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class MailSecurity(StrEnum):
    """How a mail server is spoken to."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"
    """Only on the loopback of this machine."""


class Webhook(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A service that takes a JSON body by POST; https, or http on the loopback of this machine."""

    url: str
    secret: str = ""
    """Name of the bearer token in the keyring or the environment; the token itself never stands in a file."""


class Mail(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A mail server and whom it delivers to."""

    host: str
    sender: str
    to: tuple[str, ...]
    port: int = 587
    security: MailSecurity = MailSecurity.STARTTLS
    user: str = ""
    secret: str = ""
    """Name of the user's password in the keyring or the environment."""


class Receiver(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One receiver with what it is told of; empty lists match anything. Exactly one of `webhook` and `mail`."""

    id: str
    lang: str = "ko"
    priorities: tuple[int, ...] = (1,)
    areas: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    group_wait_s: float = 30.0
    """How long the first notification of a group waits for more; what returns before is never told."""
    group_interval_s: float = 300.0
    """Least time between two notifications of a group."""
    repeat_s: float = 14_400.0
    """After this time a group that still stands is told again."""
    webhook: Webhook | None = None
    mail: Mail | None = None
