"""What auth collections have beyond base ones: ways to sign in, tokens, mails."""

from collections.abc import Container, Mapping
from dataclasses import field, fields, replace
from typing import Any, ClassVar, Self

from chalicelib import ids
from chalicelib.frozen import dataclass
from chalicelib.schema import mail_templates
from chalicelib.schema.shapes import read_object, write_object

SECRET_LENGTH = 50


@dataclass(frozen=True, kw_only=True)
class EmailTemplate:
    """Subject and HTML body of a mail, with ``{PLACEHOLDERS}``."""

    subject: str = ""
    body: str = ""


@dataclass(frozen=True, kw_only=True)
class AuthAlert:
    """The mail after a sign-in from a new place."""

    enabled: bool = False
    email_template: EmailTemplate = EmailTemplate()


@dataclass(frozen=True, kw_only=True)
class OAuth2Provider:
    """An identity provider that may be used to sign in."""

    json_names: ClassVar[Mapping[str, str]] = {
        "auth_url": "authURL",
        "token_url": "tokenURL",
        "user_info_url": "userInfoURL",
    }

    pkce: bool | None = None
    name: str = ""
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    auth_url: str = ""
    token_url: str = ""
    user_info_url: str = ""
    display_name: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class MappedFields:
    """Which fields of a new record the provider's data goes into."""

    json_names: ClassVar[Mapping[str, str]] = {"avatar_url": "avatarURL"}

    id: str = ""
    name: str = ""
    username: str = ""
    avatar_url: str = ""


@dataclass(frozen=True, kw_only=True)
class OAuth2:
    """Sign-in through other identity providers."""

    providers: tuple[OAuth2Provider, ...] = ()
    mapped_fields: MappedFields = MappedFields()
    enabled: bool = False


@dataclass(frozen=True, kw_only=True)
class PasswordAuth:
    """Sign-in by password and one of the identity fields."""

    enabled: bool = False
    identity_fields: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Mfa:
    """A second factor, asked of whoever `rule` matches (everybody when it is empty)."""

    enabled: bool = False
    duration: int = 0
    rule: str = ""


@dataclass(frozen=True, kw_only=True)
class Otp:
    """Sign-in by a code sent by mail."""

    enabled: bool = False
    duration: int = 0
    length: int = 0
    email_template: EmailTemplate = EmailTemplate()


@dataclass(frozen=True, kw_only=True)
class TokenConfig:
    """How long a kind of token lives, in seconds, and the collection's part of its signing key."""

    secret: str = field(default="", repr=False)
    duration: int = 0


@dataclass(frozen=True, kw_only=True)
class AuthOptions:
    """The options of an auth collection, in the order PocketBase shows them."""

    auth_rule: str | None = None
    manage_rule: str | None = None
    auth_alert: AuthAlert = AuthAlert()
    oauth2: OAuth2 = OAuth2()
    password_auth: PasswordAuth = PasswordAuth()
    mfa: Mfa = Mfa()
    otp: Otp = Otp()
    auth_token: TokenConfig = TokenConfig()
    password_reset_token: TokenConfig = TokenConfig()
    email_change_token: TokenConfig = TokenConfig()
    verification_token: TokenConfig = TokenConfig()
    file_token: TokenConfig = TokenConfig()
    verification_template: EmailTemplate = EmailTemplate()
    reset_password_template: EmailTemplate = EmailTemplate()
    confirm_email_change_template: EmailTemplate = EmailTemplate()

    @property
    def tokens(self) -> Mapping[str, TokenConfig]:
        """The token configurations by attribute name."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name.endswith("_token")}

    def merged_with(self, data: Mapping[str, Any]) -> Self:
        """These options with what a definition names replaced. Raises WrongShape.

        Providers are replaced as a list, but each keeps what it had under its name and is not named now.
        """
        merged = read_object(self, data)
        listed = data["oauth2"].get("providers") if isinstance(data.get("oauth2"), Mapping) else None
        if not listed:
            return merged
        former = {provider.name: provider for provider in self.oauth2.providers}
        providers = tuple(
            read_object(former.get(each.get("name"), OAuth2Provider()), each) for each in listed
        )
        return replace(merged, oauth2=replace(merged.oauth2, providers=providers))

    def to_json(self) -> dict[str, Any]:
        """As superusers see them: no secrets."""
        shown = self.to_stored()
        for name in ("authToken", "passwordResetToken", "emailChangeToken", "verificationToken", "fileToken"):
            del shown[name]["secret"]
        for provider in shown["oauth2"]["providers"]:
            del provider["clientSecret"]
        return shown

    def to_stored(self) -> dict[str, Any]:
        """Everything, secrets included."""
        return write_object(self)

    def with_known_fields(self, names: Container[str]) -> Self:
        """The same without mappings onto fields that do not exist."""
        mapped = self.oauth2.mapped_fields
        unknown = {f.name: "" for f in fields(mapped) if getattr(mapped, f.name) not in names}
        return replace(self, oauth2=replace(self.oauth2, mapped_fields=replace(mapped, **unknown)))

    def revoking_after(self, old: "AuthOptions") -> Self:
        """The same; when the authRule is another one, with a new secret, so that everybody signs in anew."""
        if self.auth_rule == old.auth_rule:
            return self
        return replace(self, auth_token=replace(self.auth_token, secret=ids.random_text(SECRET_LENGTH)))

    def with_secrets(self) -> Self:
        """The same with a secret for each token that has none."""
        secrets: dict[str, Any] = {
            name: replace(token, secret=token.secret or ids.random_text(SECRET_LENGTH))
            for name, token in self.tokens.items()
        }
        return replace(self, **secrets)


def default_auth_options() -> AuthOptions:
    """What a new auth collection starts with."""
    return AuthOptions(
        auth_rule="",
        auth_alert=AuthAlert(enabled=True, email_template=EmailTemplate(**mail_templates.AUTH_ALERT)),
        password_auth=PasswordAuth(enabled=True, identity_fields=("email",)),
        mfa=Mfa(duration=600),
        otp=Otp(duration=180, length=8, email_template=EmailTemplate(**mail_templates.OTP)),
        auth_token=TokenConfig(duration=432000),
        password_reset_token=TokenConfig(duration=1800),
        email_change_token=TokenConfig(duration=1800),
        verification_token=TokenConfig(duration=86400),
        file_token=TokenConfig(duration=180),
        verification_template=EmailTemplate(**mail_templates.VERIFICATION),
        reset_password_template=EmailTemplate(**mail_templates.RESET_PASSWORD),
        confirm_email_change_template=EmailTemplate(**mail_templates.CONFIRM_EMAIL_CHANGE),
    ).with_secrets()
