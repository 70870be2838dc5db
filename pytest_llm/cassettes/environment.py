"""The secrets that the environment holds, and how they may be spelt in what is recorded."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from urllib.parse import quote, quote_plus

from pytest_llm.cassettes.credentials import QUERY_KEYS

__all__ = ["environment_secrets", "spellings"]

_SECRET_NAME = re.compile(
    r"SECRET|PASSW|PASSPHRASE|CREDENTIAL|CONNECTION_?STRING|CONN_?STR|API_?KEY|WEBHOOK"
    r"|(?:^|_)(?:KEYS?|\w*TOKENS?|AUTH|AUTHORIZATION|COOKIES?|PRIVATE|DSN|PWD|JWT|BEARER|PAT|SAS|SIGNATURE)(?:_|$)"
    r"|(?<=[A-Z])KEY$",
    re.IGNORECASE,
)
_ORDINARY_NAME = re.compile(
    r"^(?:OLD)?PWD$|_(?:MODE|TYPE|METHOD|PROVIDER|PATH|FILE|DIR|SOCK|SOCKET|NAME|ENDPOINT|HOST|PORT|REGION|VERSION"
    r"|LIMIT|TTL|ALGORITHM|ENABLED|LENGTH|COUNT|SIZE|FORMAT|MODEL)$",
    re.IGNORECASE,
)
_NUMBER_OR_PATH = re.compile(r"[\d.,:+-]*|(?:~|\.{1,2}|[A-Za-z]:)?[/\\][A-Za-z._-]+[/\\].*")
_PLACEHOLDERS = frozenset(
    "disabled enabled required optional not-needed not_needed notneeded unused anonymous placeholder anything"
    " undefined password passwords changeme change-me localhost development production default-token".split()
)


def _url_secrets(value: str) -> list[str] | None:
    """Return the credentials within a URL, an empty list when it has none, None when the value is no URL."""
    if "://" not in value or any(c.isspace() for c in value):
        return None
    parts = value.partition("://")[2].partition("/")[0]
    userinfo, at, _ = parts.rpartition("@")
    found = [userinfo.partition(":")[2] or userinfo] if at else []
    query = [pair.partition("=") for pair in value.partition("?")[2].split("&")]
    return found + [text for key, _, text in query if key.lower() in QUERY_KEYS]


def _ordinary(value: str) -> bool:
    return value.lower() in _PLACEHOLDERS or _NUMBER_OR_PATH.fullmatch(value) is not None


def environment_secrets(environ: Mapping[str, str]) -> Iterator[str]:
    """Yield every value under a secret-looking name, and the credentials within URLs."""
    for name, value in environ.items():
        value = value.strip()
        inside = _url_secrets(value)
        if inside is not None:
            yield from inside
        elif _SECRET_NAME.search(name) and not _ORDINARY_NAME.search(name) and not _ordinary(value):
            yield value
            yield from _values_within(name, value)


def _values_within(name: str, value: str) -> Iterator[str]:
    """Yield the credentials in ``sid=...; theme=dark`` and in ``Endpoint=...;SharedAccessKey=...``."""
    for pair in value.split(";"):
        key, equals, inner = pair.strip().partition("=")
        if equals and ("COOKIE" in name.upper() or _SECRET_NAME.search(key)) and not _ordinary(inner):
            yield inner


def spellings(secret: str) -> Iterator[str]:
    """Yield the secret as it stands in URLs, in JSON and within base64."""
    yield secret
    yield quote(secret, safe="")
    yield quote(secret)
    yield quote_plus(secret)
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    raw = secret.encode(errors="surrogateescape")
    for shift in range(3):  # base64 of a text that holds the secret, wherever in its triples it starts
        encoded = base64.b64encode(b"\0" * shift + raw).decode()
        inner = encoded[(0, 2, 3)[shift] : len(raw + b"\0" * shift) * 8 // 6]
        yield inner
        yield inner.translate({43: "-", 47: "_"})
