"""Smaller pictures of pictures, in the sizes and with the cuts that PocketBase makes."""

import io
import re
import struct
from typing import TYPE_CHECKING

from chalicelib.frozen import dataclass

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

# Files of these types have thumbs.
MEDIA_TYPES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
ALWAYS = "100x100"
# What is larger, wanted or found, is shown as it is: a picture must not take a function's memory.
MOST_PIXELS = 25_000_000
LARGEST_SIDE = 4096
READ = ("PNG", "JPEG", "GIF", "WEBP")
# What Pillow raises when a picture is none, breaks off or lies about itself.
BROKEN = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    MemoryError,
    ArithmeticError,
    LookupError,
    TypeError,
    struct.error,
)
# How a photograph was held: from 5 on, height is width.
ORIENTATION, LYING = 0x0112, range(5, 9)
# Pillow's numbers of the ways to turn it upright.
TURNS = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}
# What a thumb is written as; what is not named here becomes a PNG. An MPO is a JPEG with others behind it.
FORMATS = {"PNG": "PNG", "JPEG": "JPEG", "MPO": "JPEG", "GIF": "GIF"}
SIZE = re.compile(r"(\d+)x(\d+)([tbf]?)", re.ASCII)
# Where the middle of the cut is, from top to bottom.
MIDDLES = {"": 0.5, "t": 0.0, "b": 1.0}


class NoThumb(Exception):
    """The picture is broken, too large or none."""


@dataclass(frozen=True)
class Size:
    """``20x10t``: width and height, of which one may be 0; cut at the middle, top, bottom, or made to fit."""

    width: int
    height: int
    how: str

    @property
    def is_open(self) -> bool:
        """Whether one side follows from the other."""
        return not (self.width and self.height)


def read_size(text: str) -> Size | None:
    """The size that a text names; None when it names none that can be made."""
    found = SIZE.fullmatch(text)
    if found is None:
        return None
    size = Size(int(found[1]), int(found[2]), found[3])
    is_possible = 0 < max(size.width, size.height) <= LARGEST_SIDE
    return size if is_possible else None


def make_thumb(content: bytes, size: Size) -> tuple[bytes, str]:
    """The thumb of a picture, and its media type. Raises NoThumb."""
    from PIL import Image  # noqa: PLC0415 - 60 ms that only who makes a thumb should wait

    Image.MAX_IMAGE_PIXELS = None  # what is too large is refused here, not warned of
    try:
        with Image.open(io.BytesIO(content), formats=READ) as picture:
            return _thumb_of(picture, size)
    except BROKEN as error:
        raise NoThumb(str(error)) from error


def _thumb_of(picture: "Picture", size: Size) -> tuple[bytes, str]:
    kind, out = FORMATS.get(picture.format or "", "PNG"), io.BytesIO()
    width, height = picture.size
    turn = _find_turn(picture) if kind == "JPEG" else 1
    sides = (height, width) if turn in LYING else (width, height)
    # A JPEG can be read at a fraction of its size. Twice of what is wanted looks as good as all of it.
    picture.draft(None, (2 * max(size.width, size.height),) * 2)
    if picture.width * picture.height > MOST_PIXELS:
        raise NoThumb(f"{width} x {height} is too large")
    drawn = _in_bytes(picture).convert(_mode_for(picture, kind))
    _plain(_resized(_upright(drawn, turn), size, sides)).save(out, kind)
    return out.getvalue(), f"image/{kind.lower()}"


def _find_turn(picture: "Picture") -> int:
    """How a photograph says that it was held; 1, which is upright, where that cannot be read."""
    from PIL import Image  # noqa: PLC0415

    exif = Image.Exif()
    try:
        exif.load(picture.info.get("exif", b""))
        return int(exif.get(ORIENTATION, 1))
    except BROKEN:
        return 1


def _upright(drawn: "Picture", turn: int) -> "Picture":
    from PIL import Image  # noqa: PLC0415

    return drawn.transpose(Image.Transpose(TURNS[turn])) if turn in TURNS else drawn


def _in_bytes(picture: "Picture") -> "Picture":
    """Greys of 16 bits as greys of 8, which Pillow would cut off instead."""
    if not picture.mode.startswith("I"):
        return picture
    return picture.point(lambda grey: grey * (1 / 256)).convert("L")


def _mode_for(picture: "Picture", kind: str) -> str:
    """Colours, and how clear they are where the picture says so and the format can."""
    is_clear = "A" in picture.mode or "transparency" in picture.info
    return "RGBA" if is_clear and kind != "JPEG" else "RGB"


def _plain(picture: "Picture") -> "Picture":
    """Without saying how clear it is, when it is not clear anywhere."""
    is_opaque = picture.mode == "RGBA" and picture.getchannel("A").getextrema() == (255, 255)
    return picture.convert("RGB") if is_opaque else picture


def _resized(picture: "Picture", size: Size, original: tuple[int, int]) -> "Picture":
    from PIL import Image, ImageOps  # noqa: PLC0415

    if size.is_open or size.how == "f":
        return picture.resize(_sides(original, size), Image.Resampling.BILINEAR)
    middle = (0.5, MIDDLES[size.how])
    return ImageOps.fit(picture, (size.width, size.height), Image.Resampling.BILINEAR, centering=middle)


def _sides(original: tuple[int, int], size: Size) -> tuple[int, int]:
    """Width and height in the picture's proportions; made to fit, it does not grow."""
    width, height = original
    if size.is_open:
        factor = size.width / width if size.width else size.height / height
        sides = (
            size.width or max(1, int(width * factor + 0.5)),
            size.height or max(1, int(height * factor + 0.5)),
        )
        if max(sides) > LARGEST_SIDE:
            raise NoThumb(f"{sides[0]} x {sides[1]} is too large")
        return sides
    if width <= size.width and height <= size.height:
        return width, height
    if width / height > size.width / size.height:
        return size.width, max(1, int(size.width * height / width))
    return max(1, int(size.height * width / height)), size.height
