"""Are the options of an auth collection legal?"""

import re
from collections.abc import Iterator, Mapping, Sequence

from chalicelib.schema.auth_options import AuthOptions, EmailTemplate, OAuth2Provider, TokenConfig
from chalicelib.schema.collection import Collection
from chalicelib.schema.completion import has_key
from chalicelib.schema.fields.limits import check_range, wrong_length
from chalicelib.schema.problems import REQUIRED, Problem, Problems, without_none
from chalicelib.schema.providers import PROVIDERS
from chalicelib.schema.saving import Saving
from chalicelib.schema.shapes import camel

SHORTEST, LONGEST = 10, 94_670_856
DAY = 86_400
SECRET_LENGTHS = (30, 255)
LEAST_OTP_LENGTH = 4
URL = re.compile(r"[a-z][a-z0-9+.-]*://[^\s/?#]\S*")

BAD_SECRET = wrong_length(*SECRET_LENGTHS)
NOT_NULL_OR_EMPTY = Problem("validation_nil_or_not_empty_required", "Cannot be blank.")
TOO_FEW_METHODS = Problem(
    "validation_mfa_not_enough_auths", "MFA requires at least 2 auth methods to be enabled."
)
RULE_CHANGED = Problem(
    "validation_collection_system_rule_change", "System collection API rule cannot be changed."
)
BAD_ISSUERS = Problem("validation_invalid_issuers", "The issuers must be a list of texts.")
NOT_A_URL = Problem("validation_is_url", "Must be a valid URL.")


def check_auth(saving: Saving) -> Problems:
    """What is wrong with the options, by their JSON keys; what concerns several of them comes last."""
    auth = saving.new.auth or AuthOptions()
    return without_none(_check_options(saving, auth)) or next(filter(None, _check_together(saving, auth)), {})


def _check_options(saving: Saving, auth: AuthOptions) -> Mapping[str, Problem | Problems | None]:
    password = auth.password_auth
    no_identity = password.enabled and (not password.identity_fields or "" in password.identity_fields)
    return {
        "authRule": saving.check_rule(auth.auth_rule),
        "manageRule": NOT_NULL_OR_EMPTY if auth.manage_rule == "" else saving.check_rule(auth.manage_rule),
        "authAlert": _under("emailTemplate", _check_template(auth.auth_alert.email_template)),
        "oauth2": _check_oauth2(auth),
        "passwordAuth": _under("identityFields", REQUIRED if no_identity else None),
        "mfa": _under(
            "duration", _required_range(auth.mfa.duration, SHORTEST, DAY) if auth.mfa.enabled else None
        ),
        "otp": _check_otp(auth),
        **{camel(name): _check_token(token) for name, token in auth.tokens.items()},
        "verificationTemplate": _check_template(auth.verification_template),
        "resetPasswordTemplate": _check_template(auth.reset_password_template),
        "confirmEmailChangeTemplate": _check_template(auth.confirm_email_change_template),
    }


def _check_together(saving: Saving, auth: AuthOptions) -> Iterator[Problems]:
    if auth.mfa.enabled:
        methods = (auth.password_auth.enabled, auth.otp.enabled, auth.oauth2.enabled)
        yield _under("mfa", _under("enabled", None if sum(methods) >= 2 else TOO_FEW_METHODS))
        yield _under("mfa", _under("rule", _check_mfa_rule(saving, auth)))
    if auth.password_auth.enabled:
        problem = next(_find_identity_problems(saving.new, auth.password_auth.identity_fields), None)
        yield _under("passwordAuth", _under("identityFields", problem))


def _check_mfa_rule(saving: Saving, auth: AuthOptions) -> Problem | None:
    """Whom a system collection asks for a second factor stays as it is while it does."""
    former = saving.old.auth if saving.old and saving.old.system else None
    return RULE_CHANGED if former and former.mfa.rule != auth.mfa.rule else saving.check_rule(auth.mfa.rule)


def _under(key: str, problem: Problem | Problems | None) -> Problems:
    return {key: problem} if problem else {}


def _required_range(value: int, least: int, greatest: int | None = None) -> Problem | None:
    if not value:
        return REQUIRED
    return check_range(value, least) if greatest is None else check_range(value, least, greatest)


def _check_template(template: EmailTemplate) -> Problems:
    return without_none(
        {"subject": None if template.subject else REQUIRED, "body": None if template.body else REQUIRED}
    )


def _check_token(token: TokenConfig) -> Problems:
    least, most = SECRET_LENGTHS
    bad_secret = None if least <= len(token.secret) <= most else BAD_SECRET
    return without_none(
        {
            "secret": bad_secret if token.secret else REQUIRED,
            "duration": _required_range(token.duration, SHORTEST, LONGEST),
        }
    )


def _check_otp(auth: AuthOptions) -> Problems:
    template = _check_template(auth.otp.email_template)
    if not auth.otp.enabled:
        return _under("emailTemplate", template)
    return without_none(
        {
            "duration": _required_range(auth.otp.duration, SHORTEST, DAY),
            "length": _required_range(auth.otp.length, LEAST_OTP_LENGTH),
            "emailTemplate": template,
        }
    )


def _find_identity_problems(collection: Collection, names: tuple[str, ...]) -> Iterator[Problem]:
    for name in names:
        if name not in collection.field_by_name:
            message = f"Invalid or missing field {name}."
            yield Problem("validation_missing_field", message, {"fieldName": name})
        elif not has_key(collection, name) and name != "id":
            message = f"The field {name} doesn't have a UNIQUE constraint."
            yield Problem("validation_missing_unique_constraint", message, {"fieldName": name})


def _check_oauth2(auth: AuthOptions) -> Problems:
    if not auth.oauth2.enabled:
        return {}
    providers = auth.oauth2.providers
    found = _check_repeated(providers) or {
        str(at): _check_provider(each) for at, each in enumerate(providers)
    }
    return _under("providers", without_none(found))


def _check_repeated(providers: Sequence[OAuth2Provider]) -> Mapping[str, Problems]:
    seen: set[str] = set()
    for position, provider in enumerate(providers):
        if provider.name and provider.name in seen:
            message = f"The provider {provider.name} is already registered."
            return {
                str(position): {
                    "name": Problem("validation_duplicated_provider", message, {"name": provider.name})
                }
            }
        seen.add(provider.name)
    return {}


def _check_provider(provider: OAuth2Provider) -> Problems:
    urls: Mapping[str, str] = {
        "authURL": provider.auth_url,
        "tokenURL": provider.token_url,
        "userInfoURL": provider.user_info_url,
    }
    return without_none(
        {
            "name": _check_provider_name(provider.name),
            "clientId": None if provider.client_id else REQUIRED,
            "clientSecret": None if provider.client_secret else REQUIRED,
            **{key: NOT_A_URL for key, url in urls.items() if url and not URL.fullmatch(url)},
            "extra": None if _has_fit_issuers(provider) else BAD_ISSUERS,
        }
    )


def _has_fit_issuers(provider: OAuth2Provider) -> bool:
    """Whether they are texts, or none: a restriction that cannot be read must not be taken for none."""
    given = provider.extra.get("issuers")
    listed = given if isinstance(given, list | tuple) else [given or ""]
    return all(isinstance(each, str) for each in listed)


def _check_provider_name(name: str) -> Problem | None:
    if not name:
        return REQUIRED
    if name in PROVIDERS:
        return None
    message = f"Invalid or missing provider with name {name}."
    return Problem("validation_missing_provider", message, {"name": name})
