"""Where files are in the bucket: as PocketBase puts them there, so that either can go on with the other's."""

from typing import NamedTuple

# Files that are on their way to a record, until S3 removes them.
UPLOADS = "uploads/"


class Place(NamedTuple):
    """A file of a record: all that is needed to find both again.

    >>> Place("pbc_1286000336", "46zhr7ky9q2znk1", "photo_1m48gk3fzm.png").key
    'pbc_1286000336/46zhr7ky9q2znk1/photo_1m48gk3fzm.png'
    """

    collection_id: str
    record_id: str
    name: str

    @property
    def key(self) -> str:
        """Where the file is."""
        return f"{self.collection_id}/{self.record_id}/{self.name}"

    @property
    def thumbs(self) -> str:
        """What the keys of all its thumbs begin with: ``.../thumbs_photo_1m48gk3fzm.png/``"""
        return f"{self.collection_id}/{self.record_id}/thumbs_{self.name}/"

    def thumb(self, size: str) -> str:
        """Where its thumb is: ``.../thumbs_photo_1m48gk3fzm.png/100x100_photo_1m48gk3fzm.png``"""
        return f"{self.thumbs}{size}_{self.name}"
