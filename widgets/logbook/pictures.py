"""Pictures of entries: read with a bound on their size, and shown small or large. Nothing else is ever opened."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageReader, QPixmap

from console.core.logbook.files import PICTURES

THUMB = QSize(144, 81)
LARGEST = QSize(3840, 2160)
_MOST_PIXELS = 100_000_000
_FORMATS = {"image/png": b"png", "image/jpeg": b"jpeg", "image/webp": b"webp"}


def is_picture(media: str) -> bool:
    """Whether a file of this kind can be shown."""
    return media in PICTURES


def picture(data: bytes, media: str, most: QSize = LARGEST) -> QImage:
    """The picture, no larger than `most`; an empty one when it cannot be read. A bomb of pixels is not unpacked."""
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    # The format is what the file was checked for: Qt must not guess another one.
    reader = QImageReader(buffer, QByteArray(_FORMATS.get(media, b"png")))
    reader.setAutoDetectImageFormat(False)
    reader.setAutoTransform(True)
    size = reader.size()
    if not size.isValid() or size.width() * size.height() > _MOST_PIXELS:
        return QImage()
    if size.width() > most.width() or size.height() > most.height():
        reader.setScaledSize(size.scaled(most, Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    buffer.close()
    return image


def thumbnail(data: bytes, media: str, ratio: float) -> QPixmap:
    """A small picture; a null one when it cannot be read."""
    image = picture(data, media, THUMB * ratio)
    made = QPixmap.fromImage(image)
    made.setDevicePixelRatio(ratio)
    return made


def png_of(image: QImage) -> bytes:
    """The picture as PNG; slow, so not for the thread that paints."""
    made = QByteArray()
    buffer = QBuffer(made)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    opaque = image.convertToFormat(QImage.Format.Format_RGB888)
    # The scale of Qt for PNG: 0 is the smallest file, 100 the quickest; here small enough, and soon enough.
    opaque.save(buffer, "PNG", 40)  # type: ignore[call-overload]
    buffer.close()
    return bytes(made.data())
