"""/api/backups: making, listing, downloading, restoring and removing backups. For superusers only."""

from collections.abc import Mapping
from typing import Any

from chalice.app import Blueprint, Response

from chalicelib.backups.listing import keep_upload, list_backups, remove_backup, show_backup
from chalicelib.backups.turn import refuse_busy
from chalicelib.backups.work import make_named, restore_named
from chalicelib.errors import UNREADABLE, BadRequest, Forbidden, NotFound
from chalicelib.files.answer import answer_file
from chalicelib.files.store import Missing
from chalicelib.routes.answer import answer, no_content
from chalicelib.routes.read import read_file_request, read_request, require_superuser

blueprint = Blueprint(__name__)
NOT_YOURS = "Insufficient permissions to access the resource."


@blueprint.route("/api/backups", methods=["GET", "HEAD"], name="backups_list", content_types=[])
def backups_list() -> Response:
    """All backups, by name."""
    request = require_superuser(read_request(blueprint.current_request))
    return answer(request, [each.to_json() for each in list_backups()])


@blueprint.route("/api/backups", methods=["POST"], name="backups_create", content_types=[])
def backups_create() -> Response:
    """Make one. Small ones are complete when this is answered."""
    request = require_superuser(read_request(blueprint.current_request))
    refuse_busy()
    make_named(read_name(request.body))
    return no_content()


@blueprint.route("/api/backups/upload", methods=["POST"], name="backups_upload", content_types=[])
def backups_upload() -> Response:
    """Keep one that was made elsewhere."""
    keep_upload(require_superuser(read_request(blueprint.current_request)))
    return no_content()


@blueprint.route("/api/backups/{key}", methods=["GET", "HEAD"], name="backups_download", content_types=[])
def backups_download(key: str) -> Response:
    """The zip itself, or where it is."""
    request = read_file_request(blueprint.current_request)
    if not request.is_superuser:
        raise Forbidden(NOT_YOURS)
    try:
        found = answer_file(show_backup(key), request)
    except Missing as error:
        raise NotFound() from error
    headers: dict[str, str | list[str]] = {
        **found.headers,
        "X-Frame-Options": "SAMEORIGIN",
    }  # other files may be shown in frames
    return Response(found.body, headers=headers, status_code=found.status)


@blueprint.route("/api/backups/{key}", methods=["DELETE"], name="backups_delete", content_types=[])
def backups_delete(key: str) -> Response:
    """Remove one."""
    require_superuser(read_request(blueprint.current_request))
    remove_backup(key)
    return no_content()


@blueprint.route("/api/backups/{key}/restore", methods=["POST"], name="backups_restore", content_types=[])
def backups_restore(key: str) -> Response:
    """Put everything back as it was then."""
    require_superuser(read_request(blueprint.current_request))
    refuse_busy()
    restore_named(key)
    return no_content()


def read_name(body: Mapping[str, Any]) -> str:
    """The name that a backup shall have; "" for any. Raises BadRequest."""
    try:
        name = body.get("name")
    except BadRequest as error:
        raise BadRequest(UNREADABLE) from error
    if not isinstance(name, str | None):
        raise BadRequest(UNREADABLE)
    return name or ""
