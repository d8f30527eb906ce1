"""Frames: twelve header bytes, a token on requests, a JSON body. Pure: bytes in, bytes out."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final, Optional

from .errors import FrameError

HELLO: Final = 1
REQUEST: Final = 2
RESPONSE: Final = 3
EVENT: Final = 4

HEADER_LENGTH: Final = 12
MAGIC: Final = b"SCD1"
TOKEN_CAP: Final = 512
BODY_CAPS: Final = {HELLO: 4 << 10, REQUEST: 256 << 10, RESPONSE: 1 << 20, EVENT: 1 << 20}

FROM_CLIENT: Final = frozenset({REQUEST})
FROM_AGENT: Final = frozenset({HELLO, RESPONSE, EVENT})

_HEADER: Final = struct.Struct(">4sBBHI")


@dataclass(frozen=True)
class Header:
    """A valid header. Lengths are in bytes and within their caps."""

    type: int
    token_length: int
    body_length: int

    @property
    def frame_length(self) -> int:
        return HEADER_LENGTH + self.token_length + self.body_length


@dataclass(frozen=True)
class Frame:
    type: int
    token: bytes
    body: bytes


def read_header(data: bytes, accept: frozenset[int]) -> Header:
    """Read the first twelve bytes of `data`.

    `accept` holds the types that this side may receive; any other is `badFrame`. Raises FrameError.
    """
    magic, type_, flags, token_length, body_length = _HEADER.unpack_from(data)
    if magic != MAGIC:
        raise FrameError("badFrame", "these bytes are not a schemad frame")
    if type_ not in accept:
        raise FrameError("badFrame", f"frame type {type_} may not be sent in this direction")
    if flags != 0:
        raise FrameError("badFrame", f"flags {flags:#04x} are set; version 1 has none")
    if token_length and type_ != REQUEST:
        raise FrameError("badFrame", "only a request carries a token")
    if token_length > TOKEN_CAP:
        raise FrameError("tooLarge", f"a token of {token_length} bytes; at most {TOKEN_CAP} are allowed")
    if body_length == 0:
        raise FrameError("badFrame", "the body is empty")
    if body_length > BODY_CAPS[type_]:
        raise FrameError("tooLarge", f"a body of {body_length} bytes; at most {BODY_CAPS[type_]} are allowed")
    return Header(type_, token_length, body_length)


def read_frame(data: bytes, accept: frozenset[int]) -> Optional[Frame]:
    """The frame at the start of `data`, or `None` when more bytes are needed. Raises FrameError."""
    if len(data) < HEADER_LENGTH:
        # A wrong first byte is refused at once: the rest of a header may never arrive.
        if not MAGIC.startswith(data[: len(MAGIC)]):
            raise FrameError("badFrame", "these bytes are not a schemad frame")
        return None
    header = read_header(data, accept)
    if len(data) < header.frame_length:
        return None
    body_start = HEADER_LENGTH + header.token_length
    return Frame(header.type, bytes(data[HEADER_LENGTH:body_start]), bytes(data[body_start : header.frame_length]))


def write_frame(type_: int, body: bytes, token: bytes = b"") -> bytes:
    """The bytes of a frame. Raises FrameError when it would exceed a cap."""
    header = _HEADER.pack(MAGIC, type_, 0, min(len(token), 0xFFFF), min(len(body), 0xFFFFFFFF))
    read_header(header, frozenset(BODY_CAPS))
    return header + token + body
