"""Files that are text: which encoding, which language."""

import csv
import json
import re
from collections.abc import Callable, Sequence

NOT_TEXT = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
NOT_LATIN_1 = re.compile(rb"[\x7f-\x84\x86-\x9f]")
# The longer ones first, they begin alike.
MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\0\0", "utf-32le"),
    (b"\0\0\xfe\xff", "utf-32be"),
    (b"\xff\xfe", "utf-16le"),
    (b"\xfe\xff", "utf-16be"),
)
TAGS = "!doctype html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p"
HTML = re.compile(rf"[ \t\n\r\f]*<(?:(?:{TAGS})[ >]|!--)".encode(), re.IGNORECASE)
HTML_CHARSET = re.compile(rb"<meta[^>]+charset=[\"']?([\w-]+)", re.IGNORECASE)
XML = re.compile(rb"\s*<\?xml")
XML_ENCODING = re.compile(rb"\s*<\?xml[^>]*encoding=[\"']([\w-]+)[\"']")
# What an XML file is that has this in it.
DIALECTS = (
    (re.compile(rb"<svg"), "image/svg+xml", ".svg"),
    (re.compile(rb"<rss"), "application/rss+xml", ".rss"),
    (re.compile(rb"<feed[^>]+http://www\.w3\.org/2005/Atom"), "application/atom+xml", ".atom"),
    (
        re.compile(rb"<kml[^>]+http://(?:www\.opengis\.net|earth\.google\.com)/kml/"),
        "application/vnd.google-earth.kml+xml",
        ".kml",
    ),
    (re.compile(rb"<gpx[^>]+http://www\.topografix\.com/GPX/1/1"), "application/gpx+xml", ".gpx"),
    (re.compile(rb"<html[^>]+http://www\.w3\.org/1999/xhtml"), "application/xhtml+xml", ".html"),
)
# What a text is that begins so.
BEGINNINGS = (
    (re.compile(rb"<svg"), "image/svg+xml", ".svg"),
    (re.compile(rb"<\?(?:php|[ \n\r]).", re.IGNORECASE | re.DOTALL), "text/x-php", ".php"),
    (re.compile(rb"#!\s*/.*?[/ ]php"), "text/x-php", ".php"),
    (re.compile(rb"#!\s*/\S*(?:/| )(?:node|js)\b"), "text/javascript", ".js"),
    (re.compile(rb"#!\s*/.*?[/ ]lua"), "text/x-lua", ".lua"),
    (re.compile(rb"#!\s*/.*?[/ ]perl"), "text/x-perl", ".pl"),
    (re.compile(rb"#!\s*/.*?[/ ]python"), "text/x-python", ".py"),
    (re.compile(rb"#!\s*/.*?[/ ]ruby"), "text/x-ruby", ".rb"),
    (re.compile(rb"\{\\rtf"), "text/rtf", ".rtf"),
    (re.compile(rb"\d+\r?\n\d\d:\d\d:\d\d,\d{3} --> \d\d:\d\d:\d\d,\d{3}"), "application/x-subrip", ".srt"),
    (re.compile(rb"#!\s*/.*?[/ ](?:tclsh|wish)"), "text/x-tcl", ".tcl"),
)
ENDINGS = (
    (re.compile(rb"BEGIN:VCARD\r?\n"), "text/vcard", ".vcf"),
    (re.compile(rb"BEGIN:VCALENDAR\r?\n"), "text/calendar", ".ics"),
    (re.compile(rb"WARC/1\.[01]"), "application/warc", ".warc"),
    (re.compile(rb"WEBVTT(?:\s|\Z)"), "text/vtt", ".vtt"),
    (re.compile(rb"#!\s*/.*?[/ ](?:ba|da|z|k|c|fi)?sh\b"), "text/x-shellscript", ".sh"),
    (re.compile(rb"P[14]\s"), "image/x-portable-bitmap", ".pbm"),
    (re.compile(rb"P[25]\s"), "image/x-portable-graymap", ".pgm"),
    (re.compile(rb"P[36]\s"), "image/x-portable-pixmap", ".ppm"),
    (
        re.compile(rb"(?:From|Received|Delivered-To|Return-Path|Message-ID): ?\S.*\n[\w-]+: "),
        "message/rfc822",
        ".eml",
    ),
)
JSON_KINDS = (
    (
        re.compile(
            rb'"type"\s*:\s*"(?:Feature|FeatureCollection|Point|LineString|Polygon|Multi\w+|GeometryCollection)"'
        ),
        "application/geo+json",
        ".geojson",
    ),
    (re.compile(rb'"asset"\s*:\s*\{\s*"version"'), "model/gltf+json", ".gltf"),
)
# How far from its end an error in a text that was cut may be because of that.
LONGEST_WORD = 6


def type_of_text(head: bytes, *, is_cut: bool) -> tuple[str, str] | None:
    """The type and the extension of a text; `is_cut`: there is more of it. None when it is none."""
    charset = next((name for mark, name in MARKS if head.startswith(mark)), None)
    if charset is None and NOT_TEXT.search(head):
        return None
    charset = charset if charset is not None else _guess_charset(head)
    return _marked_up(head, charset) or _written(head, is_cut) or _plain("text/plain", charset, ".txt")


def _guess_charset(head: bytes) -> str:
    if not head:
        return ""
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.reason != "unexpected end of data":
            return "" if NOT_LATIN_1.search(head) else "iso-8859-1"
    return "utf-8"


def _marked_up(head: bytes, charset: str) -> tuple[str, str] | None:
    if HTML.match(head):
        told = HTML_CHARSET.search(head)
        return _plain("text/html", told[1].decode() if told else charset, ".html")
    if not XML.match(head):
        return None
    told = XML_ENCODING.match(head)
    dialect = _first(DIALECTS, head, anywhere=True)
    return dialect or _plain("text/xml", told[1].decode() if told else charset, ".xml")


def _written(head: bytes, is_cut: bool) -> tuple[str, str] | None:
    return (
        _first(BEGINNINGS, head)
        or _json(head, is_cut)
        or _first(ENDINGS, head)
        or _separated(head, is_cut, ",", ("text/csv", ".csv"))
        or _separated(head, is_cut, "\t", ("text/tab-separated-values", ".tsv"))
    )


def _plain(name: str, charset: str, extension: str) -> tuple[str, str]:
    return (f"{name}; charset={charset}" if charset else name), extension


def _first(
    table: Sequence[tuple[re.Pattern[bytes], str, str]], head: bytes, *, anywhere: bool = False
) -> tuple[str, str] | None:
    look: Callable[[re.Pattern[bytes]], object] = (
        (lambda p: p.search(head)) if anywhere else (lambda p: p.match(head))
    )
    return next(((name, extension) for pattern, name, extension in table if look(pattern)), None)


def _json(head: bytes, is_cut: bool) -> tuple[str, str] | None:
    text = head.decode("utf-8", "replace")
    if not text.lstrip().startswith(("{", "[")):
        return None
    if _is_json(text, is_cut):
        return _first(JSON_KINDS, head, anywhere=True) or ("application/json", ".json")
    lines = [line for line in text.splitlines()[: -1 if is_cut else None] if line.strip()]
    is_each = len(lines) > 1 and all(_is_json(line, False) for line in lines)
    return ("application/x-ndjson", ".ndjson") if is_each else None


def _is_json(text: str, is_cut: bool) -> bool:
    try:
        json.loads(text)
    except RecursionError:
        return False
    except json.JSONDecodeError as error:
        at_end = error.msg.startswith("Unterminated") or error.pos >= len(text) - LONGEST_WORD
        return is_cut and at_end
    return True


def _separated(head: bytes, is_cut: bool, separator: str, found: tuple[str, str]) -> tuple[str, str] | None:
    """Rows of equally many values, at least two of either."""
    lines = [line for line in head.decode("utf-8", "replace").splitlines() if line]
    try:
        rows = list(csv.reader(lines[: -1 if is_cut else None], delimiter=separator, strict=True))
    except csv.Error:
        return None
    widths = {len(row) for row in rows}
    return found if len(rows) > 1 and len(widths) == 1 and widths.pop() > 1 else None
