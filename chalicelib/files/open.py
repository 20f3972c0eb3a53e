"""Opening a record's file, or a thumb of it, which is made when it is first asked for."""

from chalicelib import clock
from chalicelib.files.answer import MOST_BYTES, Shown
from chalicelib.files.places import Place
from chalicelib.files.store import Held, get_store
from chalicelib.files.thumbs import ALWAYS, MEDIA_TYPES, NoThumb, Size, make_thumb, read_size
from chalicelib.observability.logger import logger
from chalicelib.schema.fields.file import FileField

LARGEST_PICTURE = 32 * 1024 * 1024


def open_file(place: Place, field: FileField, thumb: str, download: bool) -> Shown | None:
    """The file, or its thumb where the field has such; None when there is no file."""
    size = read_size(thumb) if thumb == ALWAYS or thumb in field.thumbs else None
    return (size and _open_thumb(place, size, thumb, download)) or _open_original(place, download)


def _open_original(place: Place, download: bool) -> Shown | None:
    held = get_store().find(place.key)
    return Shown(held, place.name, download) if held else None


def _open_thumb(place: Place, size: Size, text: str, download: bool) -> Shown | None:
    """A thumb; None when the file has none."""
    store, name = get_store(), f"{text}_{place.name}"
    key = place.thumb(text)
    if held := store.find(key):
        return Shown(held, name, download)
    original = store.find(place.key)
    if original is None or original.media_type not in MEDIA_TYPES or original.size > LARGEST_PICTURE:
        return None
    try:
        content, media_type = make_thumb(store.read(place.key), size)
    except NoThumb as reason:
        logger.info("no thumb", extra={"file": place.key, "reason": str(reason)})
        return None
    if len(content) > MOST_BYTES:
        return None
    etag = store.put(key, content, media_type)
    if not store.find(place.key):  # removed meanwhile, perhaps after its thumbs were looked for
        store.remove([key])
    made = Held(key, media_type, len(content), clock.now().replace(microsecond=0), etag)
    return Shown(made, name, download, content)
