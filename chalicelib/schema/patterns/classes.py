"""Sets of characters: as ranges of code points, by name, with both cases."""

import sys
import unicodedata
from collections.abc import Iterable
from functools import cache

from chalicelib.schema.patterns.tree import Ranges

LAST = sys.maxunicode
# No script with cases lies beyond.
LAST_CASED = 0x1FFFF
EVERYTHING: Ranges = ((0, LAST),)
NEWLINE: Ranges = ((10, 10),)


def to_ranges(spans: Iterable[tuple[int, int]]) -> Ranges:
    """Spans in any order as sorted, disjoint ranges."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return tuple(merged)


def negated(ranges: Ranges) -> Ranges:
    """All characters but these."""
    starts = [0, *(last + 1 for _, last in ranges)]
    ends = [*(first - 1 for first, _ in ranges), LAST]
    return tuple((start, end) for start, end in zip(starts, ends, strict=True) if start <= end)


def _of(text: str) -> Ranges:
    """Ranges from pairs of their first and last characters."""
    return to_ranges((ord(text[i]), ord(text[i + 1])) for i in range(0, len(text), 2))


PERL = {"d": _of("09"), "s": _of("\t\n\f\r  "), "w": _of("09AZ__az")}
POSIX = {
    "alnum": _of("09AZaz"),
    "alpha": _of("AZaz"),
    "ascii": _of("\x00\x7f"),
    "blank": _of("\t\t  "),
    "cntrl": _of("\x00\x1f\x7f\x7f"),
    "digit": _of("09"),
    "graph": _of("!~"),
    "lower": _of("az"),
    "print": _of(" ~"),
    "punct": _of("!/:@[`{~"),
    "space": _of("\t\r  "),
    "upper": _of("AZ"),
    "word": _of("09AZ__az"),
    "xdigit": _of("09AFaf"),
}

CATEGORIES = frozenset(
    (
        "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Pc", "Pd", "Ps", "Pe",
        "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So", "Zs", "Zl", "Zp", "Cc", "Cf", "Co", "Cs",
    )
)  # fmt: skip
# Long names, written without underscores and in lower case.
CATEGORY_NAMES = {
    "letter": "L", "uppercaseletter": "Lu", "lowercaseletter": "Ll", "titlecaseletter": "Lt",
    "modifierletter": "Lm", "otherletter": "Lo", "mark": "M", "nonspacingmark": "Mn", "spacingmark": "Mc",
    "enclosingmark": "Me", "number": "N", "decimalnumber": "Nd", "digit": "Nd", "letternumber": "Nl",
    "othernumber": "No", "punctuation": "P", "punct": "P", "connectorpunctuation": "Pc",
    "dashpunctuation": "Pd", "openpunctuation": "Ps", "closepunctuation": "Pe", "initialpunctuation": "Pi",
    "finalpunctuation": "Pf", "otherpunctuation": "Po", "symbol": "S", "mathsymbol": "Sm",
    "currencysymbol": "Sc", "modifiersymbol": "Sk", "othersymbol": "So", "separator": "Z",
    "spaceseparator": "Zs", "lineseparator": "Zl", "paragraphseparator": "Zp", "other": "C",
    "control": "Cc", "cntrl": "Cc", "format": "Cf", "privateuse": "Co", "surrogate": "Cs",
}  # fmt: skip
# Scripts are told by how the names of their characters begin, which is right for all but a few shared ones.
SCRIPTS = (
    "adlam", "ahom", "arabic", "armenian", "avestan", "balinese", "bamum", "batak", "bengali",
    "bopomofo", "buginese", "buhid", "canadian_aboriginal", "carian", "chakma", "cham", "cherokee",
    "coptic", "cuneiform", "cypriot", "cyrillic", "deseret", "devanagari", "egyptian_hieroglyphs",
    "elbasan", "ethiopic", "georgian", "glagolitic", "gothic", "grantha", "greek", "gujarati",
    "gurmukhi", "han", "hangul", "hanunoo", "hebrew", "hiragana", "javanese", "kaithi", "kannada",
    "katakana", "kayah_li", "kharoshthi", "khmer", "khojki", "lao", "latin", "lepcha", "limbu", "lisu",
    "lycian", "lydian", "malayalam", "mandaic", "meetei_mayek", "mongolian", "myanmar", "nko", "ogham",
    "ol_chiki", "oriya", "osage", "osmanya", "phoenician", "rejang", "runic", "samaritan", "saurashtra",
    "shavian", "sinhala", "sundanese", "syloti_nagri", "syriac", "tagalog", "tagbanwa", "tai_le",
    "tai_tham", "tai_viet", "takri", "tamil", "telugu", "thaana", "thai", "tibetan", "tifinagh",
    "tirhuta", "ugaritic", "vai", "yi",
)  # fmt: skip
NAMED_OTHERWISE = {
    "canadian_aboriginal": "CANADIAN SYLLABICS",
    "egyptian_hieroglyphs": "EGYPTIAN HIEROGLYPH",
    "han": "CJK UNIFIED",
}
SCRIPT_PREFIXES = {
    script.replace("_", ""): NAMED_OTHERWISE.get(script, script.replace("_", " ").upper()) + " "
    for script in SCRIPTS
}


@cache
def find_unicode_class(name: str) -> Ranges | None:
    """The characters of a general category or a script."""
    plain = name.replace("_", "").replace("-", "").replace(" ", "").lower()
    if plain == "any":
        return EVERYTHING
    if plain in SCRIPT_PREFIXES:
        prefix = SCRIPT_PREFIXES[plain]
        return _where(unicodedata.name(chr(code), "").startswith(prefix) for code in range(LAST + 1))
    category = CATEGORY_NAMES.get(plain, plain.capitalize())
    if category not in CATEGORIES and category not in {code[0] for code in CATEGORIES}:
        return None
    wanted = tuple(code for code in CATEGORIES if code.startswith(category))
    return _where(unicodedata.category(chr(code)) in wanted for code in range(LAST + 1))


def _where(belongs: Iterable[bool]) -> Ranges:
    return to_ranges((code, code) for code, belonging in enumerate(belongs) if belonging)


def with_both_cases(ranges: Ranges) -> Ranges:
    """The characters and those that differ from them in case only."""
    folded = (
        other
        for code, others in _cases().items()
        if any(first <= code <= last for first, last in ranges)
        for other in others
    )
    return to_ranges([*ranges, *((code, code) for code in folded)])


@cache
def _cases() -> dict[int, tuple[int, ...]]:
    """Characters with more than one case, and all their cases."""
    families: dict[str, list[int]] = {}
    for code in range(LAST_CASED + 1):
        character = chr(code)
        lower = character.lower()
        root = lower if len(lower) == 1 else character
        root = root.upper().lower() if len(root.upper()) == 1 else root
        if len(root) == 1 and (root != character or character.upper() != character):
            families.setdefault(root, []).append(code)
    return {code: tuple(members) for members in families.values() if len(members) > 1 for code in members}
