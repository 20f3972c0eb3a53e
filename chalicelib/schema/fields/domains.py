"""Options of e-mail addresses and URLs that let in some domains only, or all but some."""

import re

from chalicelib.frozen import dataclass
from chalicelib.schema.fields.base import Field
from chalicelib.schema.problems import Problem, Problems, without_none

MAX_DOMAIN = 255
LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
DOMAIN = re.compile(rf"(?:{LABEL}\.)+[a-zA-Z]{{1,63}}")

ONLY_ONE = Problem("validation_empty", "Must be blank.")
BAD_DOMAIN = Problem("validation_is_domain", "Must be a valid domain.")


@dataclass(frozen=True, kw_only=True)
class DomainsField(Field):
    """Domains are compared as they are written, to the letter."""

    except_domains: tuple[str, ...] = ()
    only_domains: tuple[str, ...] = ()
    required: bool = False

    def allows(self, domain: str) -> bool:
        """Whether values of this domain may be stored."""
        if self.only_domains and domain not in self.only_domains:
            return False
        return domain not in self.except_domains

    def check_own_options(self) -> Problems:
        if self.only_domains and self.except_domains:
            return {"exceptDomains": ONLY_ONE, "onlyDomains": ONLY_ONE}
        return without_none(
            {
                "exceptDomains": _check_domains(self.except_domains),
                "onlyDomains": _check_domains(self.only_domains),
            }
        )


def _check_domains(domains: tuple[str, ...]) -> Problems:
    bad = (str(place) for place, text in enumerate(domains) if text and not _is_domain(text))
    return dict.fromkeys(bad, BAD_DOMAIN)


def _is_domain(text: str) -> bool:
    return len(text) <= MAX_DOMAIN and DOMAIN.fullmatch(text) is not None
