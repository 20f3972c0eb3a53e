"""E-mail addresses."""

import re
from typing import Any, ClassVar

from chalicelib.frozen import dataclass
from chalicelib.schema.fields.cast import to_text
from chalicelib.schema.fields.domains import DomainsField
from chalicelib.schema.problems import REQUIRED, Problem

WIDE = "\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef"
ATOM = rf"[a-zA-Z0-9!#$%&'*+\-/=?^_`{{|}}~{WIDE}]+"
FOLD = r"(?:[ \t]*\r\n)?[ \t]+"
# In quotes goes one character, no more; after a "(" any one.
QUOTED = (
    rf'"(?:{FOLD})?(?:[\x01-\x08\x0b\x0c\x0e-\x1f!#-\[\]-\x7f{WIDE}]|'
    rf'\([\x01-\x09\x0b-\x7f{WIDE}])(?:{FOLD})?"'
)
LABEL = rf"[a-zA-Z0-9{WIDE}](?:[a-zA-Z0-9\-_~{WIDE}]*[a-zA-Z0-9{WIDE}])?"
LAST_LABEL = rf"[a-zA-Z{WIDE}](?:[a-zA-Z0-9\-_~{WIDE}]*[a-zA-Z{WIDE}])?"
# Compiled when first asked for: that takes 20 ms, which most functions never need.
ADDRESS = rf"(?:{ATOM}(?:\.{ATOM})*|{QUOTED})@(?:{LABEL}\.)+{LAST_LABEL}\.?"

NOT_AN_ADDRESS = Problem("validation_is_email", "Must be a valid email address.")
WRONG_DOMAIN = Problem("validation_email_domain_not_allowed", "Email domain is not allowed.")


@dataclass(frozen=True, kw_only=True)
class EmailField(DomainsField):
    """An address, kept as it is written."""

    type: ClassVar[str] = "email"

    def normalize(self, raw: Any) -> str:
        return to_text(raw)

    def check(self, value: str) -> Problem | None:
        if not value:
            return REQUIRED if self.required else None
        if not is_email(value):
            return NOT_AN_ADDRESS
        return None if self.allows(value.rpartition("@")[2]) else WRONG_DOMAIN


def is_email(text: str) -> bool:
    """Whether a text has the form of an address."""
    return re.fullmatch(ADDRESS, text) is not None
