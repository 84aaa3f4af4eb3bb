"""Reads the body of an answer: inflated with a bound, within the deadline, and then as JSON. Sends nothing.

httpx decodes every content coding that a server names, one inside the other, without a limit: seven kilobytes of gzip
in gzip become four gigabytes. Here one coding is accepted, and unpacked piece by piece.
"""

import json
import zlib
from collections.abc import Iterator
from typing import Any

import httpx
import orjson

from bridge.api import deadline

ACCEPTED = "gzip"
"""The one content coding that is asked for and accepted."""

MOST_VALUES = 500_000
"""Values in one answer; a page of a hundred leads has some thousands. Each takes a hundred bytes as an object."""

_PIECE = 64 * 1024
_GZIP = zlib.MAX_WBITS | 16
_DIGITS = bytes(48 if 48 <= sign < 58 else 32 for sign in range(256))  # noqa: PLR2004 - every digit as "0", all else blank
_LONG_NUMBER = b"0" * 20  # orjson makes a float of what needs more than 64 bits


class TooMuchError(ValueError):
    """More values than a page has."""


def pieces(response: httpx.Response) -> Iterator[bytes]:
    """The body in pieces of at most 64 kB where it was compressed, else as they come.

    Raises httpx.RequestError where it breaks off or drips past the deadline, and for another coding, or more than one.
    """
    coding = response.headers.get("Content-Encoding", "").strip().lower()
    if response.is_stream_consumed:
        _check_deadline(response)
        yield response.content  # a transport that hands over whole answers: it has read them already
    elif coding in {"", "identity"}:
        yield from _raw(response)
    elif coding in {ACCEPTED, "x-gzip"}:
        yield from _inflated(response)
    else:
        raise httpx.DecodingError("its content encoding is not the requested one", request=response.request)


def whole(response: httpx.Response, largest: int) -> bytes | None:
    """The whole body, None when it is larger; raises as `pieces` does."""
    found: list[bytes] = []
    size = 0
    for piece in pieces(response):
        size += len(piece)
        if size > largest:
            return None
        if piece:  # an endless row of empty members must cost no memory
            found.append(piece)
    return b"".join(found)


def decoded(body: bytes) -> Any:
    """The JSON of a body, whole numbers exact. Raises ValueError or RecursionError."""
    if len(body) > MOST_VALUES and sum(map(body.count, (b",", b"[", b"{"))) > MOST_VALUES:
        raise TooMuchError("more values than a page has")
    try:
        # What orjson refuses (lone surrogates, NaN) or rounds the standard library may read all the same.
        return json.loads(body) if _LONG_NUMBER in body.translate(_DIGITS) else orjson.loads(body)
    except orjson.JSONDecodeError:
        return json.loads(body)


def _raw(response: httpx.Response) -> Iterator[bytes]:
    for piece in response.iter_raw():
        _check_deadline(response)
        yield piece


def _inflated(response: httpx.Response) -> Iterator[bytes]:
    """The members of a gzip stream, each to its end: a stream that stops inside of one was cut off."""
    inflate, begun = zlib.decompressobj(_GZIP), False
    try:
        for raw in _raw(response):
            begun, rest, piece = True, raw, b""
            while rest or len(piece) == _PIECE:
                if inflate.eof:
                    inflate = zlib.decompressobj(_GZIP)
                piece = inflate.decompress(rest, _PIECE)
                rest = inflate.unused_data if inflate.eof else inflate.unconsumed_tail
                _check_deadline(response)
                yield piece
    except zlib.error:
        raise httpx.DecodingError("its data does not match its content encoding", request=response.request) from None
    if begun and not inflate.eof:
        raise httpx.DecodingError("its compressed data is truncated", request=response.request)


def _check_deadline(response: httpx.Response) -> None:
    if deadline.left() <= 0:
        raise httpx.ReadTimeout("the whole answer did not arrive in time", request=response.request)
