"""The one logger. It writes JSON lines; each request is one of them (routes/middleware.py)."""

import sys

from aws_lambda_powertools import Logger

from chalicelib.config import get_log_level

# The name is the Chalice app's, so what Chalice itself logs (an exception that nothing caught) comes
# out of the same handler in the same shape. stderr would reach CloudWatch just as well, but stdout is
# where powertools' users look.
logger = Logger(service="quoll", level=get_log_level(), stream=sys.stdout, utc=True, location=None)
