"""What rules of limits call the routes below a collection: a row for each that they can name. Pure.

Every other route is counted by its path alone.
"""

from collections.abc import Mapping
from typing import TypeAlias

# The names of an action, the narrowest first. It is counted under that one.
Action: TypeAlias = tuple[str, ...]

RECORDS = "/api/collections/{collection}/records"
RECORD = "/api/collections/{collection}/records/{record}"
AUTH = "POST /api/collections/{collection}/"

ACTIONS: Mapping[str, Action] = {
    f"GET {RECORDS}": ("list",),
    f"GET {RECORD}": ("view",),
    f"POST {RECORDS}": ("create",),
    f"PATCH {RECORD}": ("update",),
    f"DELETE {RECORD}": ("delete",),
    "GET /api/files/{collection}/{record}/{filename}": ("file",),
    "GET /api/collections/{collection}/auth-methods": ("listAuthMethods",),
    f"{AUTH}auth-refresh": ("authRefresh",),
    f"{AUTH}auth-with-oauth2": ("authWithOAuth2", "auth"),
    f"{AUTH}auth-with-otp": ("authWithOTP", "auth"),
    f"{AUTH}auth-with-password": ("authWithPassword", "auth"),
    f"{AUTH}confirm-email-change": ("confirmEmailChange",),
    f"{AUTH}confirm-password-reset": ("confirmPasswordReset",),
    f"{AUTH}confirm-verification": ("confirmVerification",),
    f"{AUTH}request-email-change": ("requestEmailChange",),
    f"{AUTH}request-otp": ("requestOTP",),
    f"{AUTH}request-password-reset": ("requestPasswordReset",),
    f"{AUTH}request-verification": ("requestVerification",),
}

# Routes below a collection that are known by their path only.
UNNAMED = frozenset(
    {
        "GET /api/collections/{collection}",
        "PATCH /api/collections/{collection}",
        "DELETE /api/collections/{collection}",
        "DELETE /api/collections/{collection}/truncate",
        "GET /api/collections/{collection}/explain",
        "POST /api/collections/{collection}/impersonate/{record}",
        "POST /api/collections/{collection}/uploads",
    }
)

# Of a view these are refused before they are counted, as those of a collection that does not exist are.
NOT_OF_VIEWS = frozenset({"create", "update", "delete"})


def find_action(method: str, route: str) -> Action:
    """What rules call a route; nothing when they know its path only.

    >>> find_action("HEAD", "/api/collections/{collection}/records"), find_action("GET", "/api/health")
    (('list',), ())
    """
    return ACTIONS.get(f"{'GET' if method == 'HEAD' else method} {route}", ())
