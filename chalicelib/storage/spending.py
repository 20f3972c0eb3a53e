"""What the work at hand has asked of DynamoDB and S3, between two moments."""

from collections.abc import Mapping

from chalicelib.storage.calls import current_calls


def spent() -> dict[str, float]:
    """What DynamoDB and S3 were asked so far, the capacity that took, and how often DynamoDB was busy."""
    calls = current_calls()
    return {
        "dynamodb_calls": calls.total,
        "read_units": calls.read_units,
        "write_units": calls.write_units,
        "throttles": calls.busy,
        "s3_calls": calls.s3.total(),
    }


def spent_since(before: Mapping[str, float]) -> dict[str, float]:
    """What DynamoDB and S3 were asked since then."""
    return {name: round(now - before[name], 1) for name, now in spent().items()}
