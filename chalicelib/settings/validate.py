"""Are these settings what PocketBase takes? Pure: per group, what is wrong, by JSON names."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from chalicelib.schema.fields.limits import MAX_SAFE_INTEGER, check_range, too_large
from chalicelib.schema.problems import REQUIRED, Problem, Problems, without_none
from chalicelib.settings.checks import (
    check_addresses,
    check_choice,
    check_colour,
    check_cron,
    check_email,
    check_host,
    check_name,
    check_number,
    check_url,
)
from chalicelib.settings.model import S3, SECRETS, Backups, Batch, Logs, Meta, Settings, Smtp, get_at
from chalicelib.settings.rate_limits import check_rate_limits

Found: TypeAlias = Mapping[str, Problem | Problems | None]

AUTH_METHODS = ("PLAIN", "LOGIN")
# In bytes. What is sealed is longer, and no seal may be longer than security/sealed.py says.
LONGEST_SECRET = 5000
SECRET_LENGTH = Problem(
    "validation_length_too_long",
    f"The length must be no more than {LONGEST_SECRET}.",
    {"max": LONGEST_SECRET},
)


def find_problems(settings: Settings) -> Problems:
    """What is wrong, by group and name."""
    groups = {name: check(getattr(settings, attribute)) for name, (attribute, check) in CHECKS.items()}
    return without_none({name: without_none(found) for name, found in groups.items()})


def find_long_secrets(settings: Settings, former: Settings) -> Problems:
    """New secrets, not sealed yet, that are too long to be. PocketBase would take them."""
    new = {path: get_at(settings, path) for path in SECRETS if get_at(settings, path) != get_at(former, path)}
    long = [path for path, text in new.items() if len(text.encode()) > LONGEST_SECRET]
    return {path[0]: _nest(path[1:]) for path in long}


def _nest(path: Sequence[str]) -> Problem | Problems:
    return {path[0]: _nest(path[1:])} if path else SECRET_LENGTH


def _check_meta(meta: Meta) -> Found:
    return {
        "appName": check_name(meta.app_name),
        "appURL": check_url(meta.app_url, True),
        "senderName": check_name(meta.sender_name),
        "senderAddress": check_email(meta.sender_address),
        "accentColor": check_colour(meta.accent_color),
    }


def _check_smtp(smtp: Smtp) -> Found:
    return {
        "host": check_host(smtp.host, smtp.enabled),
        "port": check_number(smtp.port, 0, smtp.enabled),
        "authMethod": check_choice(smtp.auth_method, AUTH_METHODS),
        "localName": check_host(smtp.local_name, False),
    }


def _check_s3(s3: S3) -> Found:
    needed = {"bucket": s3.bucket, "region": s3.region, "accessKey": s3.access_key, "secret": s3.secret}
    missing = {name: REQUIRED for name, value in needed.items() if s3.enabled and not value}
    return {**missing, "endpoint": check_url(s3.endpoint, s3.enabled)}


def _check_backups(backups: Backups) -> Found:
    return {
        "cron": check_cron(backups.cron),
        "cronMaxKeep": check_number(backups.cron_max_keep, 1, bool(backups.cron)),
        "s3": without_none(_check_s3(backups.s3)),
    }


def _check_batch(batch: Batch) -> Found:
    return {
        "maxRequests": check_number(batch.max_requests, 0, batch.enabled),
        "timeout": check_number(batch.timeout, 0, batch.enabled),
        "maxBodySize": check_number(batch.max_body_size, 0, False),
    }


def _check_logs(logs: Logs) -> Found:
    return {
        "maxDays": check_range(logs.max_days),
        "maxDataSize": check_range(logs.max_data_size),
        "minLevel": too_large(MAX_SAFE_INTEGER) if logs.min_level > MAX_SAFE_INTEGER else None,
    }


# A group's JSON name, its attribute and its check. `trustedProxy` may hold anything.
CHECKS: Mapping[str, tuple[str, Callable[[Any], Found]]] = {
    "meta": ("meta", _check_meta),
    "smtp": ("smtp", _check_smtp),
    "s3": ("s3", _check_s3),
    "backups": ("backups", _check_backups),
    "batch": ("batch", _check_batch),
    "logs": ("logs", _check_logs),
    "rateLimits": ("rate_limits", check_rate_limits),
    "superuserIPs": ("superuser_ips", check_addresses),
}
