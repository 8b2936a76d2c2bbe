"""An OPC UA server in its own thread and loop on loopback, which tests move, stop and start again."""

# pyright: reportPrivateImportUsage=false, reportArgumentType=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from asyncua import ua
from asyncua.crypto.permission_rules import User, UserRole
from asyncua.crypto.uacrypto import CertProperties
from asyncua.server.server import Server
from asyncua.server.user_managers import UserManager
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

Result = TypeVar("Result")
URI = "http://plant.example/"
FIRST: dict[str, Any] = {
    "level": 1.5,
    "flow": 1.5,
    "running": False,
    "count": 3,
    "name": "old",
    "many": [1.0, 2.0, 3.0],
    "raw": b"\x01",
    "locked": 1.0,
    "state": 1,
}
"""Nodes below the pump and their values at the start."""
logging.getLogger("asyncua").setLevel(logging.CRITICAL + 1)


def make_certificate(folder: Path, name: str, uri: str, days: int = 30) -> tuple[Path, Path]:
    """A self-signed application certificate (PEM) and its key; `days` below 0 makes one that has ended."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=60))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(
            x509.SubjectAlternativeName([x509.UniformResourceIdentifier(uri), x509.DNSName("localhost")]),
            False,
        )
        .add_extension(
            x509.KeyUsage(True, True, True, True, False, False, False, False, False), critical=True
        )
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH]), False
        )
        .sign(key, hashes.SHA256())
    )
    folder.mkdir(parents=True, exist_ok=True)
    certificate, private = folder / f"{name}.pem", folder / f"{name}.key"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return certificate, private


class OneUser(UserManager):
    """Knows one operator; everyone else is turned away."""

    def get_user(
        self,
        iserver: Any,
        username: str | None = None,
        password: str | None = None,
        certificate: Any = None,
    ) -> User | None:
        """As UserManager."""
        return User(role=UserRole.User, name=username) if (username, password) == ("kim", "secret") else None


@dataclass
class Plant:
    """A server with one pump, on a port that stays the same over restarts."""

    port: int
    secured: tuple[Path, Path] | None = None
    users: bool = False
    before: tuple[str, ...] = ()
    """Namespaces registered before the plant's, which moves its number."""
    nodes: dict[str, Any] = field(default_factory=dict[str, Any])

    def __post_init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="opcua server")
        self._thread.start()
        self.server: Any = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"opc.tcp://127.0.0.1:{self.port}/plant"

    def do(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Run in the server's loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(20)

    def start(self) -> None:
        """Returns once it listens."""
        self.do(self._start())

    def stop(self) -> None:
        """Stop listening and drop everyone."""
        if self.server is not None:
            self.do(self.server.stop())
            self.server = None

    def end(self) -> None:
        """Stop for good."""
        self.stop()
        self.do(self._finish())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def set(self, name: str, value: Any, code: int = 0, at: datetime | None = None) -> None:
        """Give a node a value with a status and a source time."""
        node = self.nodes[name]

        async def write() -> None:
            kind = await node.read_data_type_as_variant_type()
            made = ua.DataValue(
                ua.Variant(value, kind) if value is not None else ua.Variant(),
                StatusCode=ua.StatusCode(ua.UInt32(code)),
                SourceTimestamp=at,
                ServerTimestamp=datetime.now(UTC),
            )
            # Past the server's own writing, which would refuse nothing but stamp its own time.
            await self.server.iserver.isession.write(
                ua.WriteParameters([ua.WriteValue(node.nodeid, ua.AttributeIds.Value, None, made)])
            )

        self.do(write())

    def reset(self) -> None:
        """Every value as it was when the server began."""
        for name, value in FIRST.items():
            self.set(name, value)

    def get(self, name: str) -> Any:
        """What a node holds."""
        return self.do(self.nodes[name].read_value())

    def drop_sessions(self) -> None:
        """Forget every session while the sockets stay open, as a server short of memory does."""

        async def drop() -> None:
            for processor in list(
                self.server.bserver.clients if hasattr(self.server.bserver, "clients") else []
            ):
                session = processor.processor.session
                if session is not None:
                    await session.close_session(True)

        self.do(drop())

    async def _finish(self) -> None:
        """The library leaves tasks of sessions that were dropped."""
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left)

    async def _start(self) -> None:
        self.server = Server(user_manager=OneUser() if self.users else None)
        await self.server.init()
        self.server.set_endpoint(self.url)
        self.server.set_server_name("plant")
        self._allow()
        if self.secured:
            certificate, key = self.secured
            await self.server.set_application_uri("urn:plant")
            await self.server.load_certificate(CertProperties(certificate, "pem").path_or_content)
            await self.server.load_private_key(key, format="pem")
        for uri in self.before:
            await self.server.register_namespace(uri)
        await self._fill(await self.server.register_namespace(URI))
        await self.server.start()

    def _allow(self) -> None:
        kinds = [ua.SecurityPolicyType.NoSecurity]
        if self.secured:
            kinds = [
                ua.SecurityPolicyType.Basic256Sha256_Sign,
                ua.SecurityPolicyType.Basic256Sha256_SignAndEncrypt,
            ]
        self.server.set_security_policy(kinds)
        if self.users:
            self.server.set_identity_tokens([ua.UserNameIdentityToken])

    async def _fill(self, index: int) -> None:
        pump = await self.server.nodes.objects.add_object(
            ua.NodeId("p1", index), ua.QualifiedName("Pump", index)
        )

        async def add(name: str, value: Any, kind: ua.VariantType, datatype: Any = None) -> None:
            node = await pump.add_variable(
                ua.NodeId(f"p1.{name}", index), ua.QualifiedName(name, index), value, kind, datatype
            )
            await node.set_writable()
            self.nodes[name] = node

        await add("level", FIRST["level"], ua.VariantType.Double)
        await add("flow", FIRST["flow"], ua.VariantType.Float)
        await add("running", FIRST["running"], ua.VariantType.Boolean)
        await add("count", FIRST["count"], ua.VariantType.UInt16)
        await add("name", FIRST["name"], ua.VariantType.String)
        await add("many", FIRST["many"], ua.VariantType.Double)
        await add("raw", FIRST["raw"], ua.VariantType.ByteString)
        await add("locked", FIRST["locked"], ua.VariantType.Double)
        await self.nodes["locked"].set_writable(False)
        modes = await self.server.get_node(ua.NodeId(ua.ObjectIds.Enumeration)).add_data_type(
            ua.NodeId("Mode", index), ua.QualifiedName("Mode", index)
        )
        words = [ua.LocalizedText(word) for word in ("off", "on", "tripped")]
        await modes.add_property(
            ua.NodeId("Mode.words", index),
            ua.QualifiedName("EnumStrings", 0),
            words,
            ua.VariantType.LocalizedText,
        )
        await add("state", FIRST["state"], ua.VariantType.Int32, modes.nodeid)
