"""What must not be written down: credentials, cookies, organisation ids, and what the user adds."""

from __future__ import annotations

import json
import operator
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar, cast
from urllib.parse import quote, unquote_plus, urlsplit, urlunsplit

from pytest_llm.cassettes.credentials import QUERY_KEYS, REDACTED, WORDS, value_rule, without_named, without_tokens
from pytest_llm.cassettes.environment import environment_secrets, spellings
from pytest_llm.errors import ConfigurationError
from pytest_llm.http import Headers

__all__ = ["REDACTED", "Redaction", "Redactor"]

T = TypeVar("T")
_FORM = re.compile(r"[\w.~%+*-]+=[\w.~%+*:/@-]*(?:&[\w.~%+*-]+=[\w.~%+*:/@-]*)*", re.ASCII)
_URL_HEADERS = frozenset({"location", "operation-location", "x-goog-upload-url"})
_KEPT_HEADERS = _URL_HEADERS | {
    "content-type",
    "content-disposition",
    "retry-after",
    "retry-after-ms",
    "x-should-retry",
    "x-amzn-errortype",
    "x-goog-upload-status",
}

_SHORTEST = 8


@dataclass(frozen=True, slots=True)
class Redaction:
    r"""A pattern that never reaches a file, a report or the terminal, and what stands there instead.

    ``pattern`` is a regular expression, searched in every text; ``replacement`` may refer to its groups
    (``r"\1"``). Return a list of these from the hook ``pytest_llm_redactions``. Raises ``ConfigurationError``
    when either cannot be used.
    """

    pattern: str | re.Pattern[str]
    replacement: str = REDACTED

    def __post_init__(self) -> None:
        """Refuse what is no regular expression, and what would change every text."""
        try:
            compiled = re.compile(self.pattern)
            compiled.sub(self.replacement, "")
        except (re.error, IndexError, TypeError) as error:
            raise ConfigurationError(f"{self!r} is not a usable redaction: {error}.") from None
        if not isinstance(compiled.pattern, str):
            raise ConfigurationError(f"{self!r} is not a usable redaction: the pattern is bytes, not str.")
        if compiled.search("") is not None:
            raise ConfigurationError(f"{self!r} is not a usable redaction: the pattern matches the empty text.")


def _all_texts(value: object, into: list[str], keys: set[str]) -> None:
    if isinstance(value, str):
        into.append(value)
    elif isinstance(value, Mapping):
        keys.update(value)
        for inner in value.values():
            _all_texts(inner, into, keys)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            _all_texts(inner, into, keys)


class Redactor:
    """Takes out of texts, JSON, URLs, headers and bodies what must not be written down.

    That is: the credentials in ``environ``, tokens of the shapes that providers issue, what stands under the
    name of a credential, organisation ids, and the user's ``extra``. Applied twice it changes nothing more.
    """

    def __init__(self, extra: Sequence[Redaction] = (), environ: Mapping[str, str] = os.environ) -> None:
        self._extra = [(re.compile(one.pattern), one.replacement) for one in extra]
        secrets = {one for one in environment_secrets(environ) if len(one) >= _SHORTEST and one not in REDACTED}
        found = {form for secret in secrets for form in spellings(secret) if len(form) >= _SHORTEST}
        # The longest first, so that no secret is cut in two by another that it contains.
        self._known = sorted(found, key=lambda form: (-len(form), form))

    def __repr__(self) -> str:
        return f"Redactor({len(self._extra)} redactions of the user)"

    def text(self, text: str) -> str:
        """Return ``text`` without secrets: the same object when it holds none."""
        redacted = text
        for pattern, replacement in self._extra:
            redacted = pattern.sub(replacement, redacted)
        if len(redacted) >= _SHORTEST:
            redacted = self._builtin(redacted)
        return text if redacted == text else redacted

    def _builtin(self, text: str) -> str:
        for form in self._known:
            if form in text:
                text = self._replace_known(form, text)
        return without_named(without_tokens(text))

    @staticmethod
    def _replace_known(form: str, text: str) -> str:
        if form.isalpha():  # a password that is a word may be part of an innocent longer one
            return re.sub(rf"(?<![A-Za-z0-9]){form}(?![A-Za-z0-9])", REDACTED, text)
        return text.replace(form, REDACTED)

    def json(self, value: T) -> T:
        """Return the JSON ``value`` without secrets: the very same object when it holds none."""
        if not self._extra:
            texts: list[str] = []
            keys: set[str] = set()
            _all_texts(value, texts, keys)
            joined = "\0".join([*texts, *keys])
            if not any(map(value_rule, keys)) and self._builtin(joined) == joined:
                return value
        return cast(T, self._json(value))

    def _json(self, value: object) -> object:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return self._object(value)
        if isinstance(value, list):
            items = [self._json(item) for item in value]
            return value if all(map(operator.is_, items, value)) else items
        return value

    def _object(self, value: Mapping[str, object]) -> object:
        changed = {self.text(key): self._member(key, inner) for key, inner in value.items()}
        same = len(changed) == len(value) and all(key in value and changed[key] is value[key] for key in changed)
        return value if same else changed

    def _member(self, key: str, value: object) -> object:
        rule = value_rule(key)
        if rule is None:
            return self._json(value)
        if isinstance(value, str):
            hit = value != REDACTED and re.fullmatch(rule, value, re.DOTALL)
            return REDACTED if hit else self.text(value)
        if isinstance(value, list) and rule == r".+" and all(isinstance(item, str) for item in value):
            return value if set(value) <= {REDACTED} else [REDACTED] * len(value)
        return self._json(value)

    def url(self, url: str) -> str:
        """Return ``url`` without user, password and the values of query parameters that are credentials."""
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
        query = "&".join(map(self._query_pair, parts.query.split("&")))
        path = "/".join(self._quoted(segment, "") for segment in parts.path.split("/"))
        fragment = self._quoted(parts.fragment, "")
        same = (host, path, query, fragment) == (parts.netloc, parts.path, parts.query, parts.fragment)
        return url if same else urlunsplit((parts.scheme, host, path, query, fragment))

    def _query_pair(self, pair: str) -> str:
        key, equals, value = pair.partition("=")
        if value and unquote_plus(key).lower() in QUERY_KEYS:
            return f"{key}={REDACTED}"
        return f"{self._quoted(key, '')}{equals}{self._quoted(value, '')}"

    def _quoted(self, text: str, safe: str) -> str:
        plain = unquote_plus(text)
        redacted = self.text(plain)
        return text if redacted == plain else quote(redacted, safe=safe + "[]")

    def response_headers(self, headers: Headers) -> Headers:
        """Return the headers that replaying needs, names in lower case, values without secrets.

        An allow-list: dates, request ids, rate limits, cookies and organisation ids change with every call or
        identify the account. The content encoding goes because bodies are kept decoded.
        """
        kept = ((name.lower(), value) for name, value in headers if name.lower() in _KEPT_HEADERS)
        return tuple((name, self.url(value) if name in _URL_HEADERS else self.text(value)) for name, value in kept)

    def bytes_(self, data: bytes) -> bytes:
        """Return a body without secrets: the same object when it holds none or is not UTF-8 text."""
        try:
            text = data.decode()
        except UnicodeDecodeError:
            return data
        redacted = self._body(text)
        return data if redacted == text else redacted.encode()

    def _body(self, text: str) -> str:
        if text.lstrip()[:1] in ("{", "[") and any(word in text.lower() for word in WORDS):
            try:
                parsed = json.loads(text)
            except ValueError:
                return self._form(text)
            redacted = self.json(parsed)
            return text if redacted is parsed else json.dumps(redacted, ensure_ascii=False)
        return self._form(text)

    def _form(self, text: str) -> str:
        if _FORM.fullmatch(text):
            return "&".join(map(self._query_pair, text.split("&")))
        return self.text(text)
