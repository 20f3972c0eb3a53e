"""The identity providers that an auth collection may name, in PocketBase's order: one row each."""

from collections.abc import Mapping

from chalicelib.schema.providers.more import MORE
from chalicelib.schema.providers.row import Paths, Provider
from chalicelib.schema.providers.well_known import WELL_KNOWN

PROVIDERS: Mapping[str, Provider] = {**WELL_KNOWN, **MORE}

__all__ = ["PROVIDERS", "Paths", "Provider"]
