"""The page's own scheme: what it is, what it serves, and the refusal of every other address (SEC-29)."""

from __future__ import annotations

import logging
from collections.abc import Mapping, MutableMapping

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject
from PySide6.QtWebEngineCore import (
    QWebEngineUrlRequestInfo,
    QWebEngineUrlRequestInterceptor,
    QWebEngineUrlRequestJob,
    QWebEngineUrlScheme,
    QWebEngineUrlSchemeHandler,
)

from maps.assets import Asset
from maps.page import POLICY

SCHEME = "gwanje"
HOST = "map"
PAGE_URL = f"{SCHEME}://{HOST}/index.html"

_log = logging.getLogger("map")
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_DEVTOOLS = ("QTWEBENGINE_REMOTE_DEBUGGING", "QTWEBENGINE_INSPECTOR_PORT")
_FLAGS = "QTWEBENGINE_CHROMIUM_FLAGS"
QUIET_FLAGS = (
    # The page needs some 20 MB of script heap. Without limits the engine lets garbage grow by a megabyte a second for
    # many minutes, since the machine has room; a control room's console runs for weeks.
    "--js-flags=--max-semi-space-size=2,--max-old-space-size=96",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-pings",
)


def register_scheme() -> None:
    """Makes the scheme known to the web engine; must run before the first profile, and may run again."""
    name = QByteArray(SCHEME.encode())
    if QWebEngineUrlScheme.schemeByName(name).name() == name:
        return
    scheme = QWebEngineUrlScheme(name)
    scheme.setSyntax(QWebEngineUrlScheme.Syntax.Host)
    flag = QWebEngineUrlScheme.Flag
    scheme.setFlags(flag.SecureScheme | flag.CorsEnabled | flag.FetchApiAllowed)
    QWebEngineUrlScheme.registerScheme(scheme)


def prepare_environment(environ: MutableMapping[str, str]) -> None:
    """Refuses remote debugging (SEC-44) and stops the engine's own talk to the network;
    before the first profile."""
    for name in _DEVTOOLS:
        if environ.pop(name, None) is not None:
            _log.warning("%s is refused", name)
    told = environ.get(_FLAGS, "").split()
    kept = [flag for flag in told if not flag.lstrip("-").startswith("remote-debugging")]
    if len(kept) < len(told):
        _log.warning("%s: remote debugging is refused", _FLAGS)
    environ[_FLAGS] = " ".join([*kept, *(flag for flag in QUIET_FLAGS if flag not in kept)])


def is_own(scheme: str, host: str) -> bool:
    """Whether an address is the page's own."""
    return scheme == SCHEME and host == HOST


class SchemeHandler(QWebEngineUrlSchemeHandler):
    """Serves the table of assets and nothing else."""

    def __init__(self, assets: Mapping[str, Asset], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._assets = assets

    def requestStarted(self, job: QWebEngineUrlRequestJob) -> None:
        """Answers one request of the page."""
        url = job.requestUrl()
        asset = self._assets.get(url.path().removeprefix("/")) if is_own(url.scheme(), url.host()) else None
        if bytes(job.requestMethod().data()) != b"GET":
            job.fail(QWebEngineUrlRequestJob.Error.RequestDenied)
        elif asset is None:
            _log.warning("the page asked for %s, which does not exist", url.path()[:200])
            job.fail(QWebEngineUrlRequestJob.Error.UrlNotFound)
        else:
            self._reply(job, asset)

    def _reply(self, job: QWebEngineUrlRequestJob, asset: Asset) -> None:
        headers = {
            QByteArray(name.encode()): [QByteArray(value.encode())] for name, value in _HEADERS.items()
        }
        # A multi-map: PySide takes a list of values for each name, which its stubs do not say.
        job.setAdditionalResponseHeaders(headers)  # pyright: ignore[reportArgumentType]
        body = QBuffer(job)
        body.setData(QByteArray(asset.body))
        body.open(QIODevice.OpenModeFlag.ReadOnly)
        job.reply(QByteArray(asset.mime.encode()), body)


class OwnAddressesOnly(QWebEngineUrlRequestInterceptor):
    """Blocks every request that is not to the page's own scheme and host."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.refused = 0

    def interceptRequest(self, info: QWebEngineUrlRequestInfo) -> None:
        """Lets own addresses pass."""
        url = info.requestUrl()
        if is_own(url.scheme(), url.host()):
            return
        info.block(True)
        self.refused += 1
        if self.refused == 1:
            _log.warning("the map page asked for a foreign address (%s); refused", url.scheme()[:20])
