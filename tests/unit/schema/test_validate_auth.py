"""Which options an auth collection may have. Every case was asked of PocketBase."""

import pytest

from tests.unit.schema.definitions import check_new

U = {"fields": [{"name": "u", "type": "text"}, {"name": "v", "type": "text"}]}
TOO_SMALL = "validation_min_greater_equal_than_required"
TOO_LARGE = "validation_max_less_equal_than_required"
REQUIRED = "validation_required"
LENGTH = "validation_length_out_of_range"


def unique(*columns):
    return {**U, "indexes": [f"CREATE UNIQUE INDEX u ON t ({', '.join(columns)})"]}


def identity(*names):
    return {"passwordAuth": {"enabled": True, "identityFields": [*names]}}


BAD_ISSUERS = "oauth2.providers.0.extra validation_invalid_issuers"


def providers(*listed, enabled=True):
    return {"oauth2": {"enabled": enabled, "providers": [*listed]}}


GOOGLE = {"name": "google", "clientId": "a", "clientSecret": "b"}
BAD_TOKEN = {"authToken": {"duration": 1}}

OPTIONS = [
    ({}, []),
    ({"authRule": None}, []),
    (
        {"authRule": "bad", "manageRule": "bad"},
        ["authRule validation_invalid_rule", "manageRule validation_invalid_rule"],
    ),
    ({"manageRule": ""}, ["manageRule validation_nil_or_not_empty_required"]),
    # Identity fields
    (identity("email"), []),
    (identity("tokenKey"), []),
    (identity("email", "email"), []),
    (identity(), [f"passwordAuth.identityFields {REQUIRED}"]),
    (identity(""), [f"passwordAuth.identityFields {REQUIRED}"]),
    (identity("email", "zzz"), ["passwordAuth.identityFields validation_missing_field"]),
    ({**U, **identity("u")}, ["passwordAuth.identityFields validation_missing_unique_constraint"]),
    (
        {**unique("u", "v"), **identity("u")},
        ["passwordAuth.identityFields validation_missing_unique_constraint"],
    ),
    ({**unique("u"), **identity("u")}, []),
    ({"passwordAuth": {"enabled": False, "identityFields": ["zzz"]}}, []),
    ({"passwordAuth": None}, []),
    # Tokens
    ({"authToken": {"duration": 10}}, []),
    ({"authToken": {"duration": 94670856}}, []),
    ({"authToken": {"duration": 0}}, [f"authToken.duration {REQUIRED}"]),
    ({"fileToken": {"duration": 9}}, [f"fileToken.duration {TOO_SMALL}"]),
    ({"emailChangeToken": {"duration": -1}}, [f"emailChangeToken.duration {TOO_SMALL}"]),
    ({"verificationToken": {"duration": 94670857}}, [f"verificationToken.duration {TOO_LARGE}"]),
    ({"passwordResetToken": {"secret": "a" * 29}}, [f"passwordResetToken.secret {LENGTH}"]),
    ({"passwordResetToken": {"secret": "a" * 30}}, []),
    ({"passwordResetToken": {"secret": "a" * 256}}, [f"passwordResetToken.secret {LENGTH}"]),
    ({"authToken": {"secret": ""}}, [f"authToken.secret {REQUIRED}"]),
    ({"authToken": None}, [f"authToken.duration {REQUIRED}", f"authToken.secret {REQUIRED}"]),
    # Mails
    ({"verificationTemplate": {"subject": ""}}, [f"verificationTemplate.subject {REQUIRED}"]),
    ({"resetPasswordTemplate": {"body": ""}}, [f"resetPasswordTemplate.body {REQUIRED}"]),
    (
        {"confirmEmailChangeTemplate": None},
        [f"confirmEmailChangeTemplate.{key} {REQUIRED}" for key in ("body", "subject")],
    ),
    (
        {"authAlert": {"enabled": False, "emailTemplate": {"subject": ""}}},
        [f"authAlert.emailTemplate.subject {REQUIRED}"],
    ),
    ({"otp": {"emailTemplate": {"body": ""}}}, [f"otp.emailTemplate.body {REQUIRED}"]),
    # One-time passwords and second factors
    ({"otp": {"enabled": True}}, []),
    ({"otp": {"enabled": True, "duration": 9}}, [f"otp.duration {TOO_SMALL}"]),
    ({"otp": {"enabled": True, "duration": 86401}}, [f"otp.duration {TOO_LARGE}"]),
    (
        {"otp": {"enabled": True, "duration": 0, "length": 0}},
        [f"otp.duration {REQUIRED}", f"otp.length {REQUIRED}"],
    ),
    ({"otp": {"enabled": True, "length": 3}}, [f"otp.length {TOO_SMALL}"]),
    ({"otp": {"enabled": False, "duration": 0, "length": 0}}, []),
    ({"mfa": {"enabled": False, "duration": 0, "rule": "bad"}}, []),
    ({"mfa": {"enabled": True}}, ["mfa.enabled validation_mfa_not_enough_auths"]),
    ({"otp": {"enabled": True}, "mfa": {"enabled": True}}, []),
    ({"otp": {"enabled": True}, "mfa": {"enabled": True, "duration": 9}}, [f"mfa.duration {TOO_SMALL}"]),
    (
        {"otp": {"enabled": True}, "mfa": {"enabled": True, "rule": "bad"}},
        ["mfa.rule validation_invalid_rule"],
    ),
    # What concerns several options is only looked at when each is right
    ({**identity("zzz"), **BAD_TOKEN}, [f"authToken.duration {TOO_SMALL}"]),
    (
        {**identity("zzz"), "listRule": "bad"},
        ["listRule validation_invalid_rule", "passwordAuth.identityFields validation_missing_field"],
    ),
    ({"mfa": {"enabled": True, "rule": "bad"}}, ["mfa.enabled validation_mfa_not_enough_auths"]),
    ({"mfa": {"enabled": True, "duration": 1}}, [f"mfa.duration {TOO_SMALL}"]),
    (
        {"otp": {"enabled": True}, "mfa": {"enabled": True, "rule": "bad"}, **identity("zzz")},
        ["mfa.rule validation_invalid_rule"],
    ),
    # Providers
    (providers(GOOGLE), []),
    (
        providers(
            {**GOOGLE, "name": "oidc3", "authURL": "https://a.b/c", "tokenURL": "http://a", "userInfoURL": ""}
        ),
        [],
    ),
    (providers({}), [f"oauth2.providers.0.{key} {REQUIRED}" for key in ("clientId", "clientSecret", "name")]),
    (providers({**GOOGLE, "name": "zzz"}), ["oauth2.providers.0.name validation_missing_provider"]),
    (providers(GOOGLE, {}, GOOGLE), ["oauth2.providers.2.name validation_duplicated_provider"]),
    (providers({**GOOGLE, "authURL": "x"}), ["oauth2.providers.0.authURL validation_is_url"]),
    (providers({**GOOGLE, "tokenURL": "http://a b"}), ["oauth2.providers.0.tokenURL validation_is_url"]),
    (providers({"name": "zzz"}, enabled=False), []),
    (providers({**GOOGLE, "extra": {"issuers": "https://a.example.com"}}), []),
    (providers({**GOOGLE, "extra": {"issuers": ["https://a.example.com"]}}), []),
    (providers({**GOOGLE, "extra": {"issuers": None}}), []),
    (providers({**GOOGLE, "extra": {"issuers": 5}}), [BAD_ISSUERS]),
    (providers({**GOOGLE, "extra": {"issuers": {"a": 1}}}), [BAD_ISSUERS]),
    (providers({**GOOGLE, "extra": {"issuers": [5]}}), [BAD_ISSUERS]),
]


@pytest.mark.parametrize(("options", "expected"), OPTIONS, ids=str)
def test_options(options, expected):
    assert check_new({"name": "t", "type": "auth", **options}) == expected
