"""Files whose kind is told by what is in them: archives, films, and the like."""

import re
import struct
from collections.abc import Callable
from typing import TypeAlias

Found: TypeAlias = tuple[str, str] | None

WORD = "application/vnd.openxmlformats-officedocument"
ANDROID = "application/vnd.android.package-archive"
OPEN = b"application/vnd.oasis.opendocument."
# How an entry begins; how long what is before its path is, and where in that the lengths are.
ZIP_ENTRY = b"PK\x03\x04"
ZIP_HEAD, ZIP_SIZES = 30, 18
# What an archive is when one of its entries' paths begins so.
ARCHIVES = (
    (b"AndroidManifest.xml", ANDROID, ".apk"),
    (b"classes.dex", ANDROID, ".apk"),
    (b"resources.arsc", ANDROID, ".apk"),
    (b"doc.kml", "application/vnd.google-earth.kmz", ".kmz"),
)
# The same for those whose first entry is one of an office document's.
OFFICE_ARCHIVES = (
    (b"word/", f"{WORD}.wordprocessingml.document", ".docx"),
    (b"xl/", f"{WORD}.spreadsheetml.sheet", ".xlsx"),
    (b"ppt/", f"{WORD}.presentationml.presentation", ".pptx"),
)
OFFICE_PARTS = (b"[Content_Types].xml", b"_rels/", b"docProps/", b"customXml/", b"word/", b"xl/", b"ppt/")
# Archives that begin with an entry of this name, which says what they are. Longer names first.
NAMED = b"mimetype"
NAMED_ARCHIVES = (
    (b"application/epub+zip", ".epub"),
    (OPEN + b"text-template", ".ott"),
    (OPEN + b"text", ".odt"),
    (OPEN + b"spreadsheet-template", ".ots"),
    (OPEN + b"spreadsheet", ".ods"),
    (OPEN + b"presentation-template", ".otp"),
    (OPEN + b"presentation", ".odp"),
    (OPEN + b"graphics-template", ".otg"),
    (OPEN + b"graphics", ".odg"),
    (OPEN + b"formula", ".odf"),
    (OPEN + b"chart", ".odc"),
    (b"application/vnd.sun.xml.calc", ".sxc"),
)
# What a font's first table may be.
TABLES = re.compile(
    rb"BASE|CBDT|CBLC|CFF2|CFF |COLR|CPAL|DSIG|EBDT|EBLC|EBSC|GDEF|GPOS|GSUB|HVAR|JSTF|LTSH|MATH|"
    rb"MERG|MVAR|OS/2|PCLT|STAT|SVG |VDMX|VORG|VVAR|acnt|ankr|avar|bdat|bhed|bloc|bsln|cmap|cvar|"
    rb"cvt |fdsc|feat|fmtx|fond|fpgm|fvar|gasp|gcid|glyf|gvar|hdmx|head|hhea|hmtx|just|kern|lcar|"
    rb"loca|ltag|maxp|meta|mort|morx|name|opbd|post|prep|sbix|vhea|vmtx"
)

BRANDS = (
    (b"avi", "image/avif", ".avif"),
    (b"heic", "image/heic", ".heic"),
    (b"heix", "image/heic", ".heic"),
    (b"hev", "image/heic-sequence", ".heic"),
    (b"mif1", "image/heif", ".heif"),
    (b"msf1", "image/heif-sequence", ".heif"),
    (b"qt", "video/quicktime", ".mov"),
    (b"M4V", "video/x-m4v", ".m4v"),
    (b"M4A", "audio/x-m4a", ".m4a"),
    (b"M4B", "audio/mp4", ".mp4"),
    (b"M4P", "audio/mp4", ".mp4"),
    (b"3g2", "video/3gpp2", ".3g2"),
    (b"3gp", "video/3gpp", ".3gp"),
    (b"mjp2", "video/mj2", ".mj2"),
    (b"", "video/mp4", ".mp4"),
)
QUICKTIME = (b"moov", b"mdat", b"free", b"skip", b"pnot", b"wide")
STREAMS = (
    (b"OpusHead", "audio/ogg", ".oga"),
    (b"\x01vorbis", "audio/ogg", ".oga"),
    (b"\x7fFLAC", "audio/ogg", ".oga"),
    (b"Speex", "audio/ogg", ".oga"),
    (b"\x80theora", "video/ogg", ".ogv"),
    (b"fishead", "video/ogg", ".ogv"),
    (b"", "application/ogg", ".ogg"),
)


def _png(head: bytes) -> Found:
    if not head.startswith(b"\x89PNG\r\n\x1a\n"):
        return None
    return ("image/apng", ".apng") if head[37:41] == b"acTL" else ("image/png", ".png")


def _pdf(head: bytes) -> Found:
    return ("application/pdf", ".pdf") if b"%PDF-" in head[:1024] else None


def _bmp(head: bytes) -> Found:
    is_known = head.startswith(b"BM") and head[14:18] in (
        b"\x28\0\0\0",
        b"\x0c\0\0\0",
        b"\x6c\0\0\0",
        b"\x7c\0\0\0",
    )
    return ("image/bmp", ".bmp") if is_known else None


def _zip(head: bytes) -> Found:
    if head.startswith((b"PK\x05\x06", b"PK\x07\x08")):
        return "application/zip", ".zip"
    if not head.startswith(ZIP_ENTRY):
        return None
    said = head[ZIP_HEAD:].removeprefix(NAMED)
    for start, extension in NAMED_ARCHIVES:
        if head.startswith(NAMED, ZIP_HEAD) and said.startswith(start):
            return start.decode(), extension
    return _archive(_entry_names(head)) or ("application/zip", ".zip")


def _archive(names: list[bytes]) -> Found:
    if not names:
        return None
    table = (*OFFICE_ARCHIVES, *ARCHIVES) if names[0].startswith(OFFICE_PARTS) else ARCHIVES
    for start, name, extension in table:
        if any(each.startswith(start) for each in names):
            return name, extension
    return ("application/java-archive", ".jar") if names[0].startswith(b"META-INF/") else None


def _entry_names(head: bytes) -> list[bytes]:
    """The paths of an archive's entries, as far as they are in what was read; not of archives within it."""
    names, at = [], 0
    while at >= 0 and len(head) >= at + ZIP_HEAD:
        size, _, length, more = struct.unpack_from("<IIHH", head, at + ZIP_SIZES)
        names.append(head[at + ZIP_HEAD :][:length])
        at = head.find(ZIP_ENTRY, at + ZIP_HEAD + length + more + size)
    return names


def _font(head: bytes) -> Found:
    if head.startswith(b"OTTO") and head[12:16] == b"CFF ":
        return "font/otf", ".otf"
    is_true_type = head.startswith(b"\0\1\0\0") and TABLES.match(head, 12)
    return ("font/ttf", ".ttf") if is_true_type else None


def _film(head: bytes) -> Found:
    """MPEG-4 and QuickTime."""
    if head[4:8] in QUICKTIME:
        return "video/quicktime", ".mov"
    if head[4:8] != b"ftyp":
        return None
    return next((name, extension) for brand, name, extension in BRANDS if head[8:].startswith(brand))


def _matroska(head: bytes) -> Found:
    if not head.startswith(b"\x1aE\xdf\xa3"):
        return None
    return ("video/webm", ".webm") if b"webm" in head else ("video/matroska", ".mkv")


def _ogg(head: bytes) -> Found:
    if not head.startswith(b"OggS\0"):
        return None
    return next((name, extension) for start, name, extension in STREAMS if head[28:].startswith(start))


def _mp3(head: bytes) -> Found:
    """With a tag in front, whose length is in four times seven bits."""
    if not head.startswith(b"ID3") or len(head) < 10:
        return None
    size = sum(byte << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))
    frame = head[10 + size :]
    is_sound = not frame or frame.startswith((b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"))
    return ("audio/mpeg", ".mp3") if is_sound else None


def _elf(head: bytes) -> Found:
    if not head.startswith(b"\x7fELF"):
        return None
    is_shared = 3 in head[16:18]
    return ("application/x-sharedlib", ".so") if is_shared else ("application/x-executable", "")


CONTAINERS: tuple[Callable[[bytes], Found], ...] = (
    _png,
    _pdf,
    _bmp,
    _zip,
    _font,
    _film,
    _matroska,
    _ogg,
    _mp3,
    _elf,
)
