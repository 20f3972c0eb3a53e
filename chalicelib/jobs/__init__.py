"""What runs without a request: the table's stream, and work on a schedule.

JOBS are the blueprints of functions that AWS calls by itself. The stream's is only there where the table's
stream is known (QUOLL_STREAM_ARN): its function is made for that one.
"""

from chalicelib.config import get_stream_arn
from chalicelib.jobs import record_stream

JOBS = (record_stream.blueprint,) if get_stream_arn() else ()

__all__ = ["JOBS"]
