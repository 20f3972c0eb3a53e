"""/api/oauth2-redirect: where a provider sends people back to; from here the code goes to their client."""

from chalicelib.auth.form import read_form
from chalicelib.errors import BadRequest
from chalicelib.request import RequestInfo

SUCCESS, FAILURE = "../_/#/auth/oauth2-redirect-success", "../_/#/auth/oauth2-redirect-failure"


NAMES = ("state", "code", "error")


def take_redirect(request: RequestInfo) -> str:
    """Hand what the provider says to the client that waits for it; answers our page that says how it went."""
    state, code, error = _read(request)
    is_delivered = bool(state) and deliver(state, code, error)
    return SUCCESS if is_delivered and code and not error else FAILURE


def deliver(state: str, code: str, error: str) -> bool:
    """Tell the client that is connected under this id; whether there is one. None is, as yet."""
    return False


def _read(request: RequestInfo) -> list[str]:
    """The texts of the query or, posted, of the body: nothing if that cannot be read."""
    if request.method != "POST":
        return [request.query.get(name, "") for name in NAMES]
    try:
        return list(read_form(request, NAMES).values())
    except BadRequest:
        return ["", "", ""]
