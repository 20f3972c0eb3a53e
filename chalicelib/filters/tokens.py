"""Text to tokens, one at a time, so that of several mistakes the first is the one reported."""

import json
import re

from chalicelib.filters.failures import FilterError
from chalicelib.frozen import dataclass

OPERATORS = frozenset(
    any_match + operator
    for any_match in ("", "?")
    for operator in ("=", "!=", "~", "!~", ">", ">=", "<", "<=")
)
JOINS = frozenset({"&&", "||"})
MAX_NESTED_CALLS = 3

_SPACE = re.compile(r"(?:[ \t\n]+|//[^\n]*)*")
# A kind of token: how far it may reach, what of that is well formed, and the complaint when it is not.
# Letters and digits are ASCII, as in PocketBase.
_KINDS = {
    "identifier": (
        r"[A-Za-z_@#][A-Za-z0-9_.:]*",
        r"[A-Za-z]|[A-Za-z_@#][A-Za-z0-9_.:]*[A-Za-z0-9_]",
        "invalid identifier",
    ),
    "number": (r"-?[0-9]*\.?[0-9]*", r"-?[0-9]+(?:\.[0-9]+)?", "invalid number"),
    "sign": (r"[=?!<>~]+", "|".join(map(re.escape, OPERATORS)), "invalid sign operator"),
    "join": (r"[&|]+", "|".join(map(re.escape, JOINS)), "invalid join operator"),
}
_SHAPES = {
    kind: (re.compile(reach), re.compile(form), complaint)
    for kind, (reach, form, complaint) in _KINDS.items()
}
_STARTS = {
    "identifier": re.compile(r"[A-Za-z_@#]"),
    "number": re.compile(r"[-0-9]"),
    "sign": re.compile(r"[=?!<>~]"),
    "join": re.compile(r"[&|]"),
}


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of an expression: its kind, its text (without quotes or brackets) and where it starts.

    The kinds are identifier, number, text, sign, join, group, function and end; a function has arguments.
    """

    kind: str
    text: str
    position: int
    end: int
    arguments: tuple["Token", ...] = ()


def read_token(text: str, position: int) -> Token:
    """The token that starts at a position or after the space and comments there."""
    found = _SPACE.match(text, position)
    position = found.end() if found else position
    if position >= len(text):
        return Token("end", "", position, position)
    first = text[position]
    if first in "'\"":
        return _read_text(text, position)
    if first == "(":
        return _read_group(text, position)
    if first == "/":
        raise FilterError("invalid comment", position)
    for kind, start in _STARTS.items():
        if start.match(first):
            return _read_shape(kind, text, position)
    raise FilterError(f"unexpected character {_quote_character(first)}", position)


def quote(text: str) -> str:
    """Text in double quotes, as error messages show it."""
    return json.dumps(text, ensure_ascii=False)


def _quote_character(character: str) -> str:
    shown = {"\\": r"\\", "\r": r"\r", "'": r"\'"}.get(character, character)
    if character.isprintable() or shown != character:
        return f"'{shown}'"
    return rf"'\u{ord(character):04x}'"


def _read_shape(kind: str, text: str, position: int) -> Token:
    reach, form, complaint = _SHAPES[kind]
    found = reach.match(text, position)
    end = found.end() if found else position
    piece = text[position:end]
    if not form.fullmatch(piece):
        if kind == "identifier" and text[end : end + 1] == "(":
            complaint = "invalid function name"
        raise FilterError(f"{complaint} {quote(piece)}", position)
    if kind == "identifier" and text[end : end + 1] == "(":
        return _read_function(text, position, end, 1)
    return Token(kind, piece, position, end)


def _read_text(text: str, position: int) -> Token:
    """Text between equal quotes; a backslash escapes quotes and backslashes and else stands for itself."""
    content, end = _scan_text(text, position)
    return Token("text", content, position, end)


def _scan_text(text: str, position: int) -> tuple[str, int]:
    mark = text[position]
    pieces = []
    place = position + 1
    while place < len(text) and text[place] != mark:
        if text[place] == "\\" and text[place + 1 : place + 2] in ("'", '"', "\\"):
            place += 1
        pieces.append(text[place])
        place += 1
    if place >= len(text):
        raise FilterError(f"invalid quoted text {quote(mark + ''.join(pieces))}", position)
    return "".join(pieces), place + 1


def _read_group(text: str, position: int) -> Token:
    """Everything up to the bracket that closes the group."""
    depth = 0
    place = position
    while place < len(text):
        if text[place] in "'\"":
            place = _scan_text(text, place)[1]
            continue
        depth += (text[place] == "(") - (text[place] == ")")
        place += 1
        if depth == 0:
            return Token("group", text[position + 1 : place - 1], position, place)
    raise FilterError(f"invalid formatted group - missing {depth} closing bracket(s)", position)


def _read_function(text: str, position: int, bracket: int, depth: int) -> Token:
    """``name(argument, ...)``; a comma may follow the last argument."""
    name = text[position:bracket]
    if depth > MAX_NESTED_CALLS:
        raise FilterError(f"max nested function arguments reached (max: {MAX_NESTED_CALLS})", position)
    arguments: list[Token] = []
    place, expects = bracket + 1, True
    while (place := _skip_space(text, place)) < len(text):
        first = text[place]
        if first == ")":
            return Token("function", name, position, place + 1, tuple(arguments))
        complaint = _complain(first, name, expects)
        if complaint:
            raise FilterError(complaint, place)
        if first == ",":
            place, expects = place + 1, True
            continue
        arguments.append(_read_argument(text, place, name, depth))
        place, expects = arguments[-1].end, False
    raise FilterError(f"invalid or incomplete function {quote(name)} (expected ')')", position)


def _complain(first: str, name: str, expects: bool) -> str:
    """What is wrong with a character where an argument is expected, or a comma after one."""
    if first == "/":
        return f"failed to scan comment in function {quote(name)}: invalid comment"
    if first == "," and expects:
        return f"unexpected comma in function {quote(name)}"
    if first != "," and not expects:
        return f"expected comma after the last argument in function {quote(name)}"
    return ""


def _skip_space(text: str, position: int) -> int:
    found = _SPACE.match(text, position)
    return found.end() if found else position


def _read_argument(text: str, position: int, name: str, depth: int) -> Token:
    kind = _argument_kind(text[position])
    if kind is None:
        raise FilterError(
            f"unsupported argument character {text[position]!r} in function {quote(name)}", position
        )
    try:
        return _read_text(text, position) if kind == "text" else _read_nested(kind, text, position, depth)
    except FilterError as error:
        piece = re.match(r"['\"]?[\w.:@#-]*", text[position:])
        shown = quote(piece.group() if piece else "")
        message = f"invalid {kind} argument {shown} in function {quote(name)}: {error.message}"
        raise FilterError(message, error.position) from error


def _argument_kind(first: str) -> str | None:
    if first in "'\"":
        return "text"
    return next((kind for kind in ("identifier", "number") if _STARTS[kind].match(first)), None)


def _read_nested(kind: str, text: str, position: int, depth: int) -> Token:
    reach = _SHAPES[kind][0].match(text, position)
    end = reach.end() if reach else position
    if kind == "identifier" and text[end : end + 1] == "(":
        return _read_function(text, position, end, depth + 1)
    return _read_shape(kind, text, position)
