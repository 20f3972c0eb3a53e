"""What runs without a request: the table's stream, and work on a schedule.

JOBS are the blueprints of functions that AWS calls by itself.
"""

from chalicelib.jobs import functions, record_stream

JOBS = (functions.blueprint, record_stream.blueprint)

__all__ = ["JOBS"]
