"""Large files of the bucket, as streams: written in parts that S3 puts together, read by ranges."""

import io
from typing import Any

from chalicelib.files.store import Store, get_store, metadata_of

# S3 takes parts of 5 MB and more, up to 10 000: as much as a file may have, which is 80 GB.
PART = 8 * 1024 * 1024


class Sending(io.RawIOBase):
    """A file that is being written. It is there when `finish` has returned, and not before."""

    def __init__(self, key: str, media_type: str, original: str = "") -> None:
        self._store: Store = get_store()
        self._key = key
        self._told = {"ContentType": media_type, "Metadata": metadata_of(original)}
        self._upload = ""
        self._waiting = bytearray()
        self._parts: list[dict[str, Any]] = []
        self.size = 0

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, content: Any) -> int:
        """Send more of it. Raises Overloaded."""
        length = len(memoryview(content).cast("B"))
        self._waiting += content
        self.size += length
        while len(self._waiting) >= PART:
            self._send_part(bytes(self._waiting[:PART]))
            del self._waiting[:PART]
        return length

    def finish(self) -> None:
        """Let it be there, whatever was. Raises Overloaded."""
        if not self._upload:
            self._store.ask("PutObject", Key=self._key, Body=bytes(self._waiting), **self._told)
            return
        if self._waiting:
            self._send_part(bytes(self._waiting))
        whole = {"UploadId": self._upload, "MultipartUpload": {"Parts": self._parts}}
        self._store.ask("CompleteMultipartUpload", Key=self._key, **whole)

    def _send_part(self, content: bytes) -> None:
        if not self._upload:
            begun = self._store.ask("CreateMultipartUpload", Key=self._key, **self._told)
            self._upload = begun["UploadId"]
        part = {"UploadId": self._upload, "PartNumber": len(self._parts) + 1}
        sent = self._store.ask("UploadPart", Key=self._key, Body=content, **part)
        self._parts.append({"PartNumber": part["PartNumber"], "ETag": sent["ETag"]})


class Fetching(io.RawIOBase):
    """A file that is read where it is wanted. Raises Missing when it has changed since."""

    def __init__(self, key: str, size: int, etag: str) -> None:
        self._store = get_store()
        self._asked = {"Key": key, "IfMatch": etag}
        self._size = size
        self._at = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go somewhere."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def tell(self) -> int:
        """Where it is."""
        return self._at

    def readinto(self, into: Any) -> int:
        """Read on, as much as there is room for."""
        last = min(self._at + len(into), self._size) - 1
        if last < self._at:
            return 0
        answer = self._store.ask("GetObject", **self._asked, Range=f"bytes={self._at}-{last}")
        content = answer["Body"].read()
        into[: len(content)] = content
        self._at += len(content)
        return len(content)
