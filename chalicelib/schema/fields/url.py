"""URLs."""

from typing import Any, ClassVar

from chalicelib.frozen import dataclass
from chalicelib.schema.fields.cast import to_text
from chalicelib.schema.fields.domains import DomainsField
from chalicelib.schema.fields.url_syntax import find_host, is_url
from chalicelib.schema.problems import REQUIRED, Problem

NOT_A_URL = Problem("validation_invalid_url", "Must be a valid url.")
WRONG_DOMAIN = Problem("validation_url_domain_not_allowed", "Url domain is not allowed.")


@dataclass(frozen=True, kw_only=True)
class UrlField(DomainsField):
    """A URL, kept as it is written."""

    type: ClassVar[str] = "url"

    def normalize(self, raw: Any) -> str:
        return to_text(raw)

    def check(self, value: str) -> Problem | None:
        if not value:
            return REQUIRED if self.required else None
        if not is_url(value):
            return NOT_A_URL
        return None if self.allows(find_host(value) or "") else WRONG_DOMAIN
