"""Traces in X-Ray, where the stage has them: QUOLL_TRACING=true here, `"xray": true` in .chalice/config.json.

What traces with costs a tenth of a second to import, which only functions that trace have to pay: powertools
imports it when a Tracer is made.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache

from aws_lambda_powertools import Tracer

from chalicelib.config import get_config


@cache
def find_tracer() -> Tracer | None:
    """The one tracer; every call to AWS becomes a part of its traces."""
    if not get_config().tracing:
        return None
    return Tracer(service="quoll", patch_modules=("botocore",))


@contextmanager
def traced(name: str, annotations: Mapping[str, str]) -> Iterator[None]:
    """Work that is a part of the trace, found by its annotations. They must hold no secrets."""
    tracer = find_tracer()
    if tracer is None:
        yield
        return
    with tracer.provider.in_subsegment(name=f"## {name}") as part:
        for key, value in annotations.items():
            part.put_annotation(key=key, value=value)
        yield
