"""GET and PATCH /api/settings, POST /api/settings/test/s3: for superusers only."""

from collections.abc import Mapping
from typing import Any

from chalice.app import Blueprint, Response

from chalicelib.collections.reading import open_body
from chalicelib.errors import UNREADABLE
from chalicelib.records.refusals import refuse_bad_fields
from chalicelib.request import RequestInfo
from chalicelib.routes.answer import answer, no_content
from chalicelib.routes.read import read_request, require_superuser
from chalicelib.settings.load import get_newest_settings
from chalicelib.settings.save import change_settings
from chalicelib.settings.try_bucket import try_bucket

blueprint = Blueprint(__name__)


@blueprint.route("/api/settings", methods=["GET", "HEAD"], name="settings_view", content_types=[])
def settings_view() -> Response:
    """All settings, without secrets."""
    request = require_superuser(read_request(blueprint.current_request))
    return answer(request, get_newest_settings().to_json())


@blueprint.route("/api/settings", methods=["PATCH"], name="settings_update", content_types=[])
def settings_update() -> Response:
    """Change some, and see all."""
    request = require_superuser(read_request(blueprint.current_request))
    refuse_bad_fields(request)
    return answer(request, change_settings(read_settings(request)).to_json())


@blueprint.route("/api/settings/test/s3", methods=["POST"], name="settings_test_s3", content_types=[])
def settings_test_s3() -> Response:
    """Put a file into the bucket that the settings name, and remove it."""
    request = require_superuser(read_request(blueprint.current_request))
    try_bucket(open_body(request.body, UNREADABLE).get("filesystem"), get_newest_settings())
    return no_content()


def read_settings(request: RequestInfo) -> Mapping[str, Any]:
    """What a body names. A form has texts only, and of the settings one alone is made of those."""
    body = open_body(request.body, UNREADABLE)
    if "json" in request.headers.get("content_type", ""):
        return body
    named = {name: value for name, value in body.items() if isinstance(value, Mapping)}
    listed = body.get("superuserIPs")
    if listed is None:
        return named
    return {
        **named,
        "superuserIPs": [str(each) for each in (listed if isinstance(listed, list) else [listed])],
    }
