"""Contents of uploaded files that a line has no room for, and what counts of pictures that come back.

``@png 100x60``, also jpeg, gif, webp   a picture of four stripes: red, green, blue, white
``@png 100x60 RGBA``                    the same in a mode of Pillow's
``@jpeg 100x60 RGB 6``                  the same, said to be lying on its side (EXIF)
``@jpeg 100x60 RGB broken``             the same, with EXIF that cannot be read
``@mpo 100x60 RGB 6``                   a JPEG with another one behind it
``@png 100x60 RGBA clear``              the same, its lower half clear
``@cut png 100x60``                     its first half
``@huge``                               a PNG that says it is 50 000 by 50 000
``@x 5000``                             as many letters
"""

import io
import struct
import zlib
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote_to_bytes

from PIL import Image

STRIPES = ((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255))
CLEAR = (255, 255, 255, 0)
ORIENTATION = 0x0112


def make_content(text: str) -> bytes:
    """The bytes that a line's words stand for."""
    if not text.startswith("@"):
        return unquote_to_bytes(text)
    kind, *words = text[1:].split()
    return _MAKERS[kind](*words)


def describe_picture(content: bytes) -> dict[str, Any]:
    """Format, size, mode, and the colours at the corners and above the middle: on or off."""
    with Image.open(io.BytesIO(content)) as picture:
        shown = picture.convert("RGBA")
        right, low = picture.width - 1, picture.height - 1
        places = [(0, 0), (right, 0), (right // 2, low * 3 // 8), (0, low), (right, low)]
        return {
            "format": picture.format,
            "size": f"{picture.width} x {picture.height}",
            "mode": picture.mode,
            "colours": [_colour(shown.getpixel(place)) for place in places],
        }


def _colour(pixel: Any) -> str:
    return "".join("1" if value > 127 else "0" for value in pixel) if pixel[3] else "clear"


def _picture(kind: str, size: str, mode: str = "RGB", more: str = "") -> bytes:
    width, height = map(int, size.split("x"))
    picture = Image.new("RGB", (width, height))
    for number, colour in enumerate(STRIPES):
        top, end = (height * edge // len(STRIPES) for edge in (number, number + 1))
        picture.paste(colour, (0, top, width, end))
    exif = Image.Exif()
    if more.isdecimal():
        exif[ORIENTATION] = int(more)
    out = io.BytesIO()
    picture = picture.convert(mode)
    if more == "clear":
        picture.paste(CLEAR, (0, height // 2, width, height))
    several = {"save_all": True, "append_images": [picture]} if kind == "MPO" else {}
    picture.save(out, kind, exif=b"Exif\0\0broken" if more == "broken" else exif, **several)
    return out.getvalue()


def _huge() -> bytes:
    head = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )


def _cut(*words: str) -> bytes:
    whole = _MAKERS[words[0]](*words[1:])
    return whole[: len(whole) // 2]


_MAKERS: Mapping[str, Callable[..., bytes]] = {
    "png": lambda *words: _picture("PNG", *words),
    "jpeg": lambda *words: _picture("JPEG", *words),
    "mpo": lambda *words: _picture("MPO", *words),
    "gif": lambda *words: _picture("GIF", *words),
    "webp": lambda *words: _picture("WEBP", *words),
    "huge": _huge,
    "cut": _cut,
    "x": lambda count: b"x" * int(count),
}
