"""Records: how a file of the spool is laid out, and what can be read of one that is damaged.

A file is a header and records; bytes are only ever appended. All numbers are big-endian::

    header   "HSPOOL\\r\\n" · version u16 · length u32 · crc32 u32 · JSON
    record   F1 "HSR" · kind u8 · spans u32 · length u32 · crc32 of the content u32
             · crc32 of the 17 bytes before u32 · content

A ``P`` record is a parcel of that many spans; a ``D`` record says that a parcel, whose offset is
its content, is done with. Where a checksum does not hold, reading goes on at the next record
that is whole, so that damage costs what it hit and nothing else.

The checksum is CRC-32: the faults to be told are a write that was cut and a disk that rots,
not a forger. It finds every burst of up to 32 bits, at a gigabyte a second; what slips through
(one in four billion) still has zlib's own checksum and JSON's grammar before it. The head has
a sum of its own, so that a wrong length is noticed before it is followed.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Final

from otel_helisession.spool.moment import Moment

VERSION: Final = 1

PARCEL: Final = b"P"
DONE: Final = b"D"

_FILE_MAGIC: Final = b"HSPOOL\r\n"
_FILE_HEAD: Final = struct.Struct(">8sHII")
_MAGIC: Final = b"\xf1HSR"
_HEAD: Final = struct.Struct(">4scIII")
_SUM: Final = struct.Struct(">I")
_OFFSET: Final = struct.Struct(">Q")

OVERHEAD: Final = _HEAD.size + _SUM.size
"""Bytes that a record adds to its content."""

MAX_HEADER: Final = 64 * 1024
"""More than any header takes."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a file says of itself.

    Attributes:
        version: The layout's.
        destination: Where its parcels shall go; empty for a version that we do not know.
        created: When the file was begun.
        size: How many bytes the header takes.
    """

    version: int
    destination: str
    created: Moment
    size: int


@dataclass(frozen=True, slots=True)
class Record:
    """One whole record: its kind, how many spans, where it begins, and its content."""

    kind: bytes
    spans: int
    offset: int
    content: bytes

    @property
    def parcel_offset(self) -> int:
        """Which parcel a ``D`` record speaks of."""
        return int(_OFFSET.unpack(self.content)[0]) if len(self.content) == _OFFSET.size else -1


def file_header(destination: str, created: Moment) -> bytes:
    """Return the first bytes of a file."""
    said = json.dumps({"destination": destination, "created": asdict(created)}).encode()
    return _FILE_HEAD.pack(_FILE_MAGIC, VERSION, len(said), zlib.crc32(said)) + said


def parse_header(data: bytes) -> Header | None:
    """Return the header that *data* begins with; None when it has none that is whole.

    Of a newer version only the number is read, which stays where it is for good.
    """
    if len(data) < _FILE_HEAD.size:
        return None
    magic, version, length, checksum = _FILE_HEAD.unpack_from(data)
    if magic != _FILE_MAGIC or version < 1:
        return None
    if version > VERSION:
        return Header(version, "", Moment(0, "", 0), 0)
    size = _FILE_HEAD.size + length
    body = data[_FILE_HEAD.size : size]
    if len(body) != length or zlib.crc32(body) != checksum:
        return None
    try:
        said = json.loads(body)
        return Header(version, said["destination"], Moment(**said["created"]), size)
    except (ValueError, KeyError, TypeError):
        return None


def record(kind: bytes, spans: int, content: bytes) -> bytes:
    """Return a record, ready to be appended."""
    head = _HEAD.pack(_MAGIC, kind, spans, len(content), zlib.crc32(content))
    return head + _SUM.pack(zlib.crc32(head)) + content


def offset_content(offset: int) -> bytes:
    """Return the content of the ``D`` record that settles the parcel at *offset*."""
    return _OFFSET.pack(offset)


def scan(data: bytes, start: int) -> Iterator[Record | None]:
    """Yield the whole records in *data* from *start* on, and None for each damaged stretch."""
    position, damaged = start, False
    while position < len(data):
        found = _record_at(data, position)
        if found is not None:
            damaged = False
            yield found
            position = found.offset + OVERHEAD + len(found.content)
            continue
        if not damaged:
            damaged = True
            yield None
        following = data.find(_MAGIC, position + 1)
        position = len(data) if following < 0 else following


def _record_at(data: bytes, offset: int) -> Record | None:
    body = offset + OVERHEAD
    if len(data) < body:
        return None
    magic, kind, spans, length, checksum = _HEAD.unpack_from(data, offset)
    head_sum = zlib.crc32(data[offset : offset + _HEAD.size])
    if magic != _MAGIC or _SUM.unpack_from(data, offset + _HEAD.size)[0] != head_sum:
        return None
    content = data[body : body + length]
    if len(content) != length or zlib.crc32(content) != checksum:
        return None
    return Record(kind, spans, offset, content)
