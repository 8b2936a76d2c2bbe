"""Reading of `notify.toml`: who is told of alarms outside the room (ALM-29). Absent or not enabled: nobody."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection
from urllib.parse import urlsplit

from console.core.notification import Mail, MailSecurity, Receiver, Webhook
from console.core.profile.entry import ID, NAME, Entry, unique
from console.core.profile.faults import ProfileFault
from console.core.words import Lang

_ADDRESS = re.compile(r"[^@\s<>,;\"]+@[^@\s<>,;\"]+")
_DAY_S = 86_400.0


def read_notify(entry: Entry, areas: Collection[str] | None) -> list[Receiver]:
    """Sound receivers in order, none unless `enabled = true`; faults are reported in any case."""
    entry.unknown(("enabled", "receiver"))
    enabled = entry.value("enabled", bool) if "enabled" in entry.table else False
    entries = entry.entries("receiver")
    unique(entries, "id")
    found = [_receiver(e, areas) for e in entries]
    return [receiver for receiver in found if receiver is not None and enabled]


def _receiver(entry: Entry, areas: Collection[str] | None) -> Receiver | None:
    webhook = _webhook(entry.child("webhook")) if "webhook" in entry.table else None
    mail = _mail(entry.child("mail")) if "mail" in entry.table else None
    receiver = entry.read(Receiver, {"webhook": webhook, "mail": mail}, ("webhook", "mail"))
    if receiver is None:
        return None
    if ("webhook" in entry.table) is ("mail" in entry.table):
        entry.fault(ProfileFault.ONE_WAY_OUT, "id", entry=receiver.id)
    entry.named(receiver.id, "id", ID)
    if receiver.lang not in list(Lang):
        entry.fault(ProfileFault.UNKNOWN_WORD, "lang", found=receiver.lang[:60], known=", ".join(Lang))
    for priority in receiver.priorities:
        entry.within("priorities", priority, 1, 4)
    for area in receiver.areas:
        if areas is not None and area not in areas:
            entry.fault(ProfileFault.UNKNOWN_AREA, "areas", found=area[:60])
    for name, low in (("group_wait_s", 0.0), ("group_interval_s", 10.0), ("repeat_s", 60.0)):
        entry.within(name, getattr(receiver, name), low, _DAY_S)
    return receiver


def _webhook(entry: Entry) -> Webhook | None:
    webhook = entry.read(Webhook)
    if webhook is None:
        return None
    _secret(entry, webhook.secret)
    if not safe_url(webhook.url):
        entry.fault(ProfileFault.UNSAFE_URL, "url", found=webhook.url[:100])
    return webhook


def _mail(entry: Entry) -> Mail | None:
    mail = entry.read(Mail)
    if mail is None:
        return None
    _secret(entry, mail.secret)
    entry.within("port", mail.port, 1, 65_535)
    if mail.security is MailSecurity.NONE and not is_loopback(mail.host):
        entry.fault(ProfileFault.UNSAFE_URL, "security", found=mail.host[:100])
    if not mail.to:
        entry.fault(ProfileFault.EMPTY_LIST, "to")
    for field, address in (("sender", mail.sender), *(("to", to) for to in mail.to)):
        if not _ADDRESS.fullmatch(address):
            entry.fault(ProfileFault.NOT_AN_ADDRESS, field, found=address[:60])
    if bool(mail.user) is not bool(mail.secret):
        entry.fault(ProfileFault.MISSING, "user" if mail.secret else "secret", entry=mail.host)
    return mail


def _secret(entry: Entry, name: str) -> None:
    if name:
        entry.named(name, "secret", NAME)


def safe_url(url: str) -> bool:
    """Whether a URL is https, or http to the loopback of this machine; without user or password in it."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    if not host or parts.username is not None or parts.password is not None:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))


def is_loopback(host: str) -> bool:
    """Whether a host is this machine and nothing else."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
