"""The settings: PocketBase's groups, names and defaults. Pure.

Secrets are kept sealed (`SECRETS` names them) and are opened only by what uses them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import field
from functools import reduce
from typing import Any, ClassVar

from chalicelib.frozen import dataclass
from chalicelib.schema.shapes import read_object, write_object


@dataclass(frozen=True, kw_only=True)
class Smtp:
    """The server that mail leaves by; not enabled, it leaves by SES."""

    enabled: bool = False
    port: int = 587
    host: str = "smtp.example.com"
    username: str = ""
    password: str = field(default="", repr=False)
    auth_method: str = ""
    tls: bool = False
    local_name: str = ""


@dataclass(frozen=True, kw_only=True)
class S3:
    """A bucket elsewhere."""

    enabled: bool = False
    bucket: str = ""
    region: str = ""
    endpoint: str = ""
    access_key: str = ""
    secret: str = field(default="", repr=False)
    force_path_style: bool = False


@dataclass(frozen=True, kw_only=True)
class Backups:
    """When backups are made by themselves, and how many of those are kept."""

    cron: str = ""
    cron_max_keep: int = 3
    s3: S3 = S3()


@dataclass(frozen=True, kw_only=True)
class Meta:
    """What the application calls itself, where it is, and who its mails are from."""

    json_names: ClassVar[Mapping[str, str]] = {"app_url": "appURL"}

    accent_color: str = "#1055c9"
    app_name: str = "Acme"
    app_url: str = "http://localhost:8090"
    sender_name: str = "Support"
    sender_address: str = "support@example.com"
    hide_controls: bool = False


@dataclass(frozen=True, kw_only=True)
class RateLimitRule:
    """At most `max_requests` of what `label` names in `duration` seconds, by each client."""

    label: str = ""
    audience: str = ""
    duration: int = 0
    max_requests: int = 0


@dataclass(frozen=True, kw_only=True)
class RateLimits:
    """How often a client may ask."""

    json_names: ClassVar[Mapping[str, str]] = {"excluded_ips": "excludedIPs"}

    rules: tuple[RateLimitRule, ...] = (
        RateLimitRule(label="*:auth", duration=3, max_requests=2),
        RateLimitRule(label="*:create", duration=5, max_requests=20),
        RateLimitRule(label="/api/batch", duration=1, max_requests=3),
        RateLimitRule(label="/api/", duration=10, max_requests=300),
    )
    excluded_ips: tuple[str, ...] = ()
    enabled: bool = False


@dataclass(frozen=True, kw_only=True)
class TrustedProxy:
    """The headers of a proxy that tell a client's address."""

    json_names: ClassVar[Mapping[str, str]] = {"use_leftmost_ip": "useLeftmostIP"}

    headers: tuple[str, ...] = ()
    use_leftmost_ip: bool = False


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Whether several changes may come in one request, and how many. `timeout` in seconds, size in bytes."""

    enabled: bool = False
    max_requests: int = 50
    timeout: int = 3
    max_body_size: int = 0


@dataclass(frozen=True, kw_only=True)
class Logs:
    """Which requests are kept for superusers to look at. `max_data_size` in bytes; 0 is the default size."""

    json_names: ClassVar[Mapping[str, str]] = {"log_ip": "logIP"}

    max_data_size: int = 0
    max_days: int = 5
    min_level: int = 0
    log_ip: bool = True
    log_auth_id: bool = False


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All groups, in the order PocketBase shows them."""

    json_names: ClassVar[Mapping[str, str]] = {"superuser_ips": "superuserIPs"}

    superuser_ips: tuple[str, ...] = ()
    smtp: Smtp = Smtp()
    backups: Backups = Backups()
    s3: S3 = S3()
    meta: Meta = Meta()
    rate_limits: RateLimits = RateLimits()
    trusted_proxy: TrustedProxy = TrustedProxy()
    batch: Batch = Batch()
    logs: Logs = Logs()

    def merged_with(self, data: Mapping[str, Any]) -> "Settings":
        """These settings with what a body names replaced; lists are replaced whole. Raises WrongShape.

        Names may be written in any case, and a group that is null has nothing in it, not even defaults.
        """
        return read_object(self, _name_as(data, write_object(self)))

    def to_json(self) -> dict[str, Any]:
        """As superusers see them: no secrets."""
        shown = write_object(self)
        for *groups, name in SECRETS:
            group = shown
            for each in groups:
                group = group[each]
            del group[name]
        return shown

    def to_stored(self) -> dict[str, Any]:
        """Everything."""
        return write_object(self)


# Where the secrets are, by their JSON names.
SECRETS: tuple[tuple[str, ...], ...] = (("smtp", "password"), ("s3", "secret"), ("backups", "s3", "secret"))
DEFAULTS = Settings()


def get_at(settings: Settings, path: Sequence[str]) -> str:
    """A setting by its JSON names, which for groups and secrets are those of the attributes."""
    return str(reduce(getattr, path, settings))


def settings_from(stored: Mapping[str, Any]) -> Settings:
    """The settings again; the defaults where nothing was ever saved."""
    return read_object(DEFAULTS, stored)


def _name_as(data: Any, known: Any) -> Any:
    """Data by the names that are known, and their empty values where it is null."""
    if data is None:
        return _empty(known)
    if not isinstance(data, Mapping) or not isinstance(known, Mapping):
        return data
    names = {name.lower(): name for name in known}
    given = {name if name in known else names.get(name.lower(), ""): data[name] for name in data}
    return {name: _name_as(value, known[name]) for name, value in given.items() if name}


def _empty(known: Any) -> Any:
    if isinstance(known, Mapping):
        return {name: _empty(value) for name, value in known.items()}
    return type(known)()
