"""The hub's TLS at work: handshakes by what is on disk now, revoked seats are cut, certificates are renewed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import msgspec

from console.hub.pki.handshake import FAULTS, Handshakes, server_context
from console.hub.pki.peers import Peer, Peers
from console.hub.pki.store import Pki
from console.hub.refusals import Refusals
from console.wire.enrolment import revocation_lists
from console.wire.messages import SiteTrust

log = logging.getLogger("link")

LOOK_S = 1.0
"""How often the files are looked at: a revocation counts for open sessions within 5 s (SEC-08, SEC-22)."""
RENEW_S = 600.0
TELL_S = 30.0


class TlsDoor:
    """TLS of one hub over its folder of certificates. Raises OSError without a certificate."""

    def __init__(self, pki: Pki, refusals: Refusals) -> None:
        self._pki = pki
        self._refusals = refusals
        self.peers = Peers()
        self.context: Handshakes = server_context(pki, self._count)
        self._hosts: frozenset[str] = frozenset()
        self._read = 0

    def hosts(self) -> frozenset[str]:
        """Names and addresses of the certificate, lower case: what a Host header may say."""
        if self._read != self.context.revision:
            self._read = self.context.revision
            self._hosts = self._read_hosts()
        return self._hosts

    async def run(self) -> None:
        """Watch the files until cancelled."""
        loop = asyncio.get_running_loop()
        renew_at = loop.time()
        while True:
            if loop.time() >= renew_at:
                renew_at = loop.time() + RENEW_S
                await self._renew()
            self.look()
            await asyncio.sleep(LOOK_S)

    def look(self) -> None:
        """Take up what has changed on disk, and cut who is no longer let in."""
        self.context.refresh()
        try:
            lists = revocation_lists(self._pki.path("revoked.pem").read_text("ascii"))
        except (OSError, ValueError) as error:
            log.error("the list of revocations cannot be read: %s", error)
            return
        for why in self.peers.cut(lists, datetime.now(UTC)):
            self._count(f"session_{why}")

    async def trust(self, peer: Peer) -> SiteTrust | None:
        """What a seat is told when it comes: whom it may trust from now on, and its new certificate if one is due.

        None if the files cannot be read; what the seat has goes on counting.
        """
        try:
            return await asyncio.to_thread(self._trust, peer)
        except FAULTS as error:
            log.error("seat %r is not told whom to trust: %s", peer.seat, error)
            return None

    async def keep_told(self, peer: Peer, say: Callable[[SiteTrust], Awaitable[None]]) -> None:
        """Tell a seat that stays for months what has changed since it came, and once of its new certificate."""
        told = self.context.revision
        renewed = False
        while True:
            await asyncio.sleep(TELL_S)
            soon = not renewed and self._pki.ends_soon(peer.certificate)
            if told == self.context.revision and not soon:
                continue
            told = self.context.revision
            trust = await self.trust(peer)
            if trust is not None:
                await say(msgspec.structs.replace(trust, certificate="") if renewed else trust)
                renewed = renewed or bool(trust.certificate)

    def _trust(self, peer: Peer) -> SiteTrust:
        certificate = self._pki.reissue(peer.certificate, peer.seat)
        if certificate:
            log.info("seat %r gets a new certificate", peer.seat)
        revoked = self._pki.path("revoked.pem").read_text("ascii")
        return SiteTrust(authorities=self._pki.trusted(), revoked=revoked, certificate=certificate)

    async def _renew(self) -> None:
        try:
            if await asyncio.to_thread(self._pki.renew):
                log.info("certificates of the hub are renewed")
        except FAULTS as error:
            log.error("certificates of the hub are not renewed: %s", error)

    def _read_hosts(self) -> frozenset[str]:
        try:
            return frozenset(host.lower() for host in self._pki.register().hosts)
        except FAULTS:
            return frozenset()

    def _count(self, cause: str) -> None:
        self._refusals.count(f"tls_{cause}")
