"""Real provider traffic, read in place."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from pytest_llm.http import HTTPRequest, HTTPResponse

SHARED = Path(os.environ.get("PYTEST_LLM_SHARED_DATA") or Path(__file__).parents[2] / ".." / "shared" / "data")


@dataclass(frozen=True)
class Exchange:
    """A request and its response as a VCR cassette holds them, with the cassette's name."""

    cassette: str
    request: HTTPRequest
    response: HTTPResponse

    @property
    def payload(self) -> Mapping[str, object]:
        """The JSON object of the response."""
        return dict(json.loads(self.response.body))


def exchanges() -> Iterator[Exchange]:
    """Read every interaction of the VCR cassettes."""
    yaml = pytest.importorskip("yaml", reason="PyYAML reads the VCR cassettes")
    for path in sorted((SHARED / "vcr").rglob("*.yaml")):
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        for interaction in document["interactions"]:
            request, response = interaction["request"], interaction["response"]
            yield Exchange(
                cassette=str(path.relative_to(SHARED / "vcr")),
                request=HTTPRequest(request["method"], request["uri"], _headers(request), _body(request)),
                response=HTTPResponse(response["status"]["code"], _headers(response), (_body(response),)),
            )


def _headers(message: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    headers = message["headers"]
    assert isinstance(headers, dict)
    return tuple((name, _text(value)) for name, values in headers.items() for value in values)


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _body(message: Mapping[str, object]) -> bytes:
    if "parsed_body" in message:
        return json.dumps(message["parsed_body"]).encode()
    body = message.get("body")
    data = body.get("string") if isinstance(body, dict) else body
    encoded = data.encode() if isinstance(data, str) else bytes(data or b"")  # type: ignore[arg-type]
    return gzip.decompress(encoded) if encoded.startswith(b"\x1f\x8b") else encoded


@pytest.fixture(scope="session")
def real_traffic() -> list[Exchange]:
    """Every real request and response that the project's shared data holds."""
    if not (SHARED / "vcr").is_dir():
        pytest.skip("The shared data is absent: ../shared/data/vcr (or PYTEST_LLM_SHARED_DATA) holds real traffic.")
    return list(exchanges())
