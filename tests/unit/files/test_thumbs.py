"""Smaller pictures: sizes and cuts, formats, and pictures that mean harm."""

import io
import struct
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from chalicelib.files.thumbs import NoThumb, Size, make_thumb, read_size


def picture(kind: str, width: int, height: int, mode: str = "RGB", **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new(mode, (width, height)).save(out, kind, **options)
    return out.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def thumb_of(content: bytes, size: str) -> Image.Image:
    wanted = read_size(size)
    assert wanted
    made, media_type = make_thumb(content, wanted)
    found = opened(made)
    assert media_type == f"image/{(found.format or '').lower()}"
    return found


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("20x10", Size(20, 10, "")),
        ("0x10f", Size(0, 10, "f")),
        ("4096x1b", Size(4096, 1, "b")),
        ("0x0", None),
        ("4097x1", None),
        ("99999999999999999999x1", None),
        ("20x10x", None),
        ("-1x1", None),
        ("\u0661x1", None),
        ("20x10\n", None),
        ("", None),
    ],
)
def test_read_size(text: str, size: Size | None) -> None:
    assert read_size(text) == size


@pytest.mark.parametrize(
    ("width", "height", "size", "made"),
    [
        (100, 60, "20x10", (20, 10)),
        (100, 60, "20x10t", (20, 10)),
        (100, 60, "20x10f", (16, 10)),
        (30, 200, "20x10f", (1, 10)),
        (8, 4, "20x10f", (8, 4)),  # made to fit, nothing grows
        (8, 4, "20x10", (20, 10)),  # cut, it does
        (100, 60, "0x10", (17, 10)),
        (100, 60, "20x0", (20, 12)),
        (333, 7, "20x0", (20, 1)),
        (1, 1, "100x100", (100, 100)),
    ],
)
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_sizes(kind: str, width: int, height: int, size: str, made: tuple[int, int]) -> None:
    thumb = thumb_of(picture(kind, width, height), size)
    assert thumb.size == made
    assert thumb.format == {"WEBP": "PNG"}.get(kind, kind)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "P", "1", "I;16"])
def test_modes(mode: str) -> None:
    thumb = thumb_of(picture("PNG", 40, 30, mode), "20x10")
    assert thumb.mode == ("RGBA" if "A" in mode else "RGB")


def test_a_transparent_palette_stays_clear() -> None:
    clear = picture("GIF", 40, 30, "P", transparency=0)
    assert thumb_of(clear, "20x10").convert("RGBA").getpixel((1, 1))[3] == 0  # type: ignore[index]


def test_a_print_becomes_colours() -> None:
    assert thumb_of(picture("JPEG", 40, 30, "CMYK"), "20x10").mode == "RGB"


def test_where_the_cut_is() -> None:
    """Red above, green in the middle, blue below."""
    flag = Image.new("RGB", (30, 90))
    for number, colour in enumerate(("red", "lime", "blue")):
        flag.paste(colour, (0, 30 * number, 30, 30 * number + 30))
    out = io.BytesIO()
    flag.save(out, "PNG")
    for size, colour in (("10x10t", (255, 0, 0)), ("10x10", (0, 255, 0)), ("10x10b", (0, 0, 255))):
        assert thumb_of(out.getvalue(), size).getpixel((5, 5)) == colour


@pytest.mark.parametrize("turn", range(1, 9))
def test_cameras_that_were_held_otherwise(turn: int) -> None:
    """Whatever EXIF says of how it was held, the red half is where it was in the world: above."""
    upright = Image.new("RGB", (400, 800), "blue")
    upright.paste("red", (0, 0, 400, 400))
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    held = upright.transpose(undo[turn]) if turn in undo else upright
    exif = Image.Exif()
    exif[0x0112] = turn
    out = io.BytesIO()
    held.save(out, "JPEG", exif=exif)
    thumb = thumb_of(out.getvalue(), "0x40")
    assert thumb.size == (20, 40)
    red, _, blue = thumb.getpixel((10, 5))  # type: ignore[misc]
    assert red > 200 > blue
    assert 0x0112 not in thumb.getexif()


def test_photographs_with_others_behind_them_are_photographs() -> None:
    """Telephones make such of what they see with two lenses."""
    exif = Image.Exif()
    exif[0x0112] = 6
    held, out = Image.new("RGB", (40, 20)), io.BytesIO()
    held.save(out, "MPO", save_all=True, append_images=[held], exif=exif)
    thumb = thumb_of(out.getvalue(), "0x10")
    assert (thumb.format, thumb.size) == ("JPEG", (5, 10))


def test_how_it_was_held_need_not_be_readable() -> None:
    broken = picture("JPEG", 40, 20, exif=b"Exif\0\0broken")
    assert thumb_of(broken, "0x10").size == (20, 10)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_only_photographs_are_turned(kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    assert thumb_of(picture(kind, 40, 20, exif=exif), "0x10").size == (20, 10)


def test_greys_of_16_bits() -> None:
    """Half as bright stays so: nothing is cut off."""
    grey = Image.new("I;16", (40, 30), 0x8000)
    out = io.BytesIO()
    grey.save(out, "PNG")
    assert thumb_of(out.getvalue(), "20x10").getpixel((5, 5)) == (128, 128, 128)


def test_a_large_photograph_is_read_at_a_fraction() -> None:
    """More pixels than would be unpacked, if it were no JPEG."""
    photograph = picture("JPEG", 6001, 6001)
    assert thumb_of(photograph, "100x0").size == (100, 100)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def declared(width: int, height: int) -> bytes:
    """A PNG of some bytes that says how large it is, and goes on with zeros."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 100_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


PNG = picture("PNG", 40, 30)
BROKEN = {
    "a bomb": declared(50_000, 50_000),
    "a long one": declared(1, 50_000_000),
    "no pixels": declared(0, 0),
    "breaks off": picture("JPEG", 500, 500)[:700],
    "breaks off, PNG": PNG[: len(PNG) // 2],
    "no end": declared(100, 100)[:60],
    "nothing": b"",
    "a text": b"hello",
    "another format": picture("BMP", 10, 10),
    "PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\nshowpage\n",
    "SVG": b'<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>',
    "a text that is a bomb": b"\x89PNG\r\n\x1a\n"
    + chunk(b"IHDR", struct.pack(">IIBBBBB", 4, 4, 8, 2, 0, 0, 0))
    + chunk(b"zTXt", b"a\0\0" + zlib.compress(b"\0" * 80_000_000)),
}


@pytest.mark.parametrize("name", BROKEN)
def test_no_thumb_of(name: str) -> None:
    with pytest.raises(NoThumb):
        thumb_of(BROKEN[name], "20x10")


def test_no_thumb_that_would_be_too_large() -> None:
    with pytest.raises(NoThumb, match="too large"):
        thumb_of(picture("PNG", 4000, 1), "0x20")


@pytest.mark.slow
@given(
    st.sampled_from([picture(kind, 40, 30) for kind in ("PNG", "JPEG", "GIF", "WEBP")]),
    st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), min_size=1, max_size=8),
    st.integers(0, 5000),
)
def test_damage_is_no_disaster(content: bytes, changes: list[tuple[int, int]], end: int) -> None:
    damaged = bytearray(content[: end or None])
    for place, byte in changes:
        if place < len(damaged):
            damaged[place] = byte
    try:
        assert thumb_of(bytes(damaged), "20x10").size == (20, 10)
    except NoThumb:
        return
