"""Any request body as one JSON value that equal requests share: JSON, forms, text and binary."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from urllib.parse import parse_qsl

from pytest_llm.dialects.reading import load
from pytest_llm.http import HTTPRequest, content_type, header

__all__ = ["body_value", "form_field"]


def body_value(request: HTTPRequest) -> object:
    """Return the body as a JSON value; None when it is empty.

    The parts of a multipart form are a list of ``{"headers": ..., "text": ...}``, and binary data stands as
    its length and SHA-256, so that neither a boundary nor a large file matters.
    """
    if not request.body:
        return None
    media_type = content_type(request.headers)
    if media_type.startswith("multipart/"):
        return _multipart(request) or _data(request.body)
    if media_type == "application/x-www-form-urlencoded":
        return [list(pair) for pair in parse_qsl(request.body.decode(errors="replace"), keep_blank_values=True)]
    value = load(request.body)
    return value if value is not None else _data(request.body)


def form_field(value: object, name: str) -> str | None:
    """Return the text of a form's field, from the value of the whole form."""
    for item in value if isinstance(value, list) else []:
        if isinstance(item, list) and len(item) == 2 and item[0] == name:
            return str(item[1])
        if isinstance(item, dict) and _field_name(item) == name and isinstance(item.get("text"), str):
            return str(item["text"])
    return None


def _data(data: bytes) -> dict[str, object]:
    try:
        return {"text": data.decode()}
    except UnicodeDecodeError:
        return {"bytes": len(data), "sha256": sha256(data).hexdigest()}


def _field_name(part: dict[str, object]) -> str | None:
    headers = part.get("headers")
    disposition = headers.get("content-disposition", "") if isinstance(headers, dict) else ""
    for item in str(disposition).split(";"):
        key, _, value = item.strip().partition("=")
        if key == "name":
            return value.strip('"')
    return None


def _multipart(request: HTTPRequest) -> list[object]:
    boundary = _boundary(header(request.headers, "content-type") or "")
    return [_part(part) for part in _raw_parts(request.body, boundary)] if boundary else []


def _boundary(value: str) -> bytes:
    for item in value.split(";")[1:]:
        key, _, text = item.strip().partition("=")
        if key.lower() == "boundary":
            return text.strip().strip('"').encode()
    return b""


def _raw_parts(body: bytes, boundary: bytes) -> Iterator[bytes]:
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary)[1:]:
        if part.startswith(b"--"):
            return
        yield part.removeprefix(b"\r\n")


def _part(part: bytes) -> dict[str, object]:
    # A part without headers begins with the line end that separates headers and data.
    head, _, data = (b"\r\n" + part).partition(b"\r\n\r\n")
    lines = [line.partition(":") for line in head.decode(errors="replace").split("\r\n") if line]
    headers = {name.strip().lower(): value.strip() for name, _, value in lines}
    return {"headers": headers, **_data(data)}
