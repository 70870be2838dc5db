"""What must not be written down: credentials, cookies, organisation ids, and what the user adds."""

from __future__ import annotations

import base64
import binascii
import json
import operator
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeVar, cast
from urllib.parse import quote, quote_plus, unquote_plus, urlsplit, urlunsplit

from pytest_llm.errors import ConfigurationError
from pytest_llm.http import Headers

__all__ = ["REDACTED", "Redaction", "Redactor"]

T = TypeVar("T")
REDACTED = "[REDACTED]"


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


# The literal comes first and the look-behind after it, so that `re` searches by its fast literal prefix.
_SHAPES: Mapping[str, str] = {
    "sk-": r"sk-(?<![A-Za-z0-9]sk-)(?:[\w-]{0,24}\*{3,}[\w*-]*"
    r"|(?=[\w-]*?(?=[A-Za-z]*\d)[A-Za-z0-9]{12})[\w-]{16,})",
    "sk_": r"sk_(?<![A-Za-z0-9]sk_)(?:live|test)_[A-Za-z0-9]{16,}",
    "rk_": r"rk_(?<![A-Za-z0-9]rk_)(?:live|test)_[A-Za-z0-9]{16,}",
    "AIza": r"AIza(?<![\w+-]AIza)[\w-]{30,}",
    "gsk_": r"gsk_(?<![A-Za-z0-9]gsk_)[A-Za-z0-9]{20,}",
    "hf_": r"hf_(?<![A-Za-z0-9]hf_)[A-Za-z0-9]{20,}",
    "xai-": r"xai-(?<![A-Za-z0-9]xai-)[A-Za-z0-9]{20,}",
    "r8_": r"r8_(?<![A-Za-z0-9]r8_)[A-Za-z0-9]{20,}",
    "pplx-": r"pplx-(?<![A-Za-z0-9]pplx-)[A-Za-z0-9]{20,}",
    "csk-": r"csk-(?<![A-Za-z0-9]csk-)[A-Za-z0-9]{20,}",
    "fw_": r"fw_(?<![A-Za-z0-9]fw_)[A-Za-z0-9]{20,}",
    "tgp_v1_": r"tgp_v1_[\w-]{20,}",
    "pa-": r"pa-(?<![\w-]pa-)(?=[\w-]*\d)[\w-]{40,}",
    "jina_": r"jina_(?<![A-Za-z0-9]jina_)[\w-]{32,}",
    "tvly-": r"tvly-(?<![A-Za-z0-9]tvly-)[\w-]{20,}",
    "nvapi-": r"nvapi-[\w-]{20,}",
    "lsv2_": r"lsv2_(?:pt|sk)_\w{20,}",
    "dapi": r"dapi(?<!\wdapi)[0-9a-f]{32}",
    "gh": r"gh(?<![A-Za-z0-9]gh)[opusr]_[A-Za-z0-9]{30,}",
    "github_pat_": r"github_pat_\w{20,}",
    "glpat-": r"glpat-[\w-]{20,}",
    "npm_": r"npm_(?<![A-Za-z0-9]npm_)[A-Za-z0-9]{36}",
    "pypi-AgE": r"pypi-AgE[\w-]{50,}",
    "xox": r"xox(?<![A-Za-z0-9]xox)[abeprs]-(?=[\w-]*\d)[\w-]{10,}",
    "AKIA": r"AKIA(?<![\w+]AKIA)[A-Z0-9]{16}(?![A-Za-z0-9])",
    "ASIA": r"ASIA(?<![\w+]ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])",
    "ABSK": r"ABSK(?<![\w+/]ABSK)[A-Za-z0-9+/]{80,}={0,2}",
    "bedrock-api-key-": r"bedrock-api-key-[\w+/=-]{20,}",
    "ya29.": r"ya29\.[\w-]{16,}",
    "GOCSPX-": r"GOCSPX-[\w-]{20,}",
    "1//0": r"1//0(?<![\w+/-]1//0)[\w-]{40,}",
    "eyJ": r"eyJ(?<![\w-]eyJ)[\w-]{8,}\.[\w-]{8,}\.[\w-]*",
    "PRIVATE KEY-----": r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
    "org-": r"org-(?<![\w-]org-)[A-Za-z0-9]{20,}",
    "org_": r"org_(?<![\w-]org_)[A-Za-z0-9]{20,}",
    "proj_": r"proj_(?<![\w-]proj_)[A-Za-z0-9]{20,}",
}

_STRONG = (
    "api_key apikeys x_api_key x_goog_api_key xi_api_key ocp_apim_subscription_key subscription_key authorization"
    " proxy_authorization x_amz_security_token aws_secret_access_key aws_session_token secret_access_key secret_key"
    " session_token access_token refresh_token id_token auth_token bearer_token authorization_token client_secret"
    " password passwd passphrase private_key private_key_id set_cookie openai_organization openai_project"
    " anthropic_organization_id connection_string"
)
_FOLDED_STRONG = frozenset(name.replace("_", "") for name in _STRONG.split())
# A person, a place or a riddle may be called these, so the value must look the part too.
_WEAK: Mapping[str, str] = {
    "secret": r"(?=\S*\d)\S{8,}",
    "cookie": r"[^\s=;]+=\S.*",
    "cookies": r"[^\s=;]+=\S.*",
    **dict.fromkeys(
        ("organization", "organizationid", "orgid", "organisation", "projectid"),
        r"(?:org|user|proj)[-_]\w{12,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    ),
}

_QUERY_KEYS = frozenset(
    "key api_key api-key apikey access_token refresh_token id_token token auth auth_token sig signature"
    " x-amz-credential x-amz-signature x-amz-security-token x-goog-credential x-goog-signature awsaccesskeyid"
    " code subscription-key client_secret password secret session_token upload_id".split()
)
_SPELT = "|".join(sorted((name.replace("_", "[-_]?") for name in _STRONG.split()), key=len, reverse=True))
# In a text, a credential's name counts only with a value that looks generated: prose and sample code stay.
_VALUE = r"(?=[\w.~+/%-]*\d)(?=[\w.~+/%-]*[A-Za-z])[\w.~+/%-]{12,}=*"
_ASSIGNED = rf"([:=,]\s*b?(?:\\*[\"'])?(?:(?:bearer|basic|token)\s+)?)({_VALUE})"
_NAME_BEFORE = rf"(?<![A-Za-z0-9])(?:{_SPELT}|cookie)(?:\\*[\"'])?\s*\Z"
_COOKIES = r"(?<![A-Za-z0-9])cookie(?:\\*[\"'])?\s*[:,]\s*b?(?:\\*[\"'])?[^\"'\n]*"
_COOKIE = rf"(=)({_VALUE})"
_IN_QUERY = (
    r"([?&](?:key|api[-_]?key|access_token|refresh_token|id_token|auth_token|sig|signature|client_secret|password"
    r"|subscription-key|x-(?:amz|goog)-(?:credential|signature|security-token))=)([^&\s\"'#<>\\]{8,})"
)
_BEARER = rf"(\bbearer\s+)({_VALUE})"
_BASIC = r"(\bbasic\s+)([A-Za-z0-9+/]{8,}={0,2})"
_USERINFO = r"(://)([^/\s:@\"'<>?#\[\]]*:[^/\s@\"'<>]+)(?=@)"

_WORDS = (
    "key",
    "auth",
    "token",
    "secret",
    "passw",
    "passphrase",
    "cookie",
    "openai-",
    "openai_",
    "organization",
    "orgid",
    "org_id",
    "projectid",
    "project_id",
    "connection",
)
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
_SHORTEST = 8


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


@cache
def _shape(marker: str) -> re.Pattern[str]:
    return re.compile(_SHAPES[marker], re.DOTALL | re.ASCII)


@cache
def _value_rule(key: str) -> str | None:
    folded = key.lower().replace("-", "").replace("_", "").replace(" ", "")
    return r".+" if folded in _FOLDED_STRONG else _WEAK.get(folded)


def _is_basic(match: re.Match[str]) -> bool:
    try:
        decoded = base64.b64decode(match[2] + "=" * (-len(match[2]) % 4), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return False
    return ":" in decoded and decoded.isprintable()


def _if_named(match: re.Match[str]) -> str:
    text, start, end = match.string, match.start(), match.end()
    named = _compiled(_NAME_BEFORE).search(text[max(0, start - 40) : start])
    # A comma binds name and value only in a pair, ("x-api-key", "..."), not in a list of names.
    if not named or (match[1][0] == "," and not _compiled(r"\\*[\"']\s*\)").match(text, end)):
        return match[0]
    return _keep_first_group(match)


def _keep_first_group(match: re.Match[str]) -> str:
    return match[1] + REDACTED


def _url_secrets(value: str) -> list[str] | None:
    """Return the credentials within a URL, an empty list when it has none, None when the value is no URL."""
    if "://" not in value or any(c.isspace() for c in value):
        return None
    parts = value.partition("://")[2].partition("/")[0]
    userinfo, at, _ = parts.rpartition("@")
    found = [userinfo.partition(":")[2] or userinfo] if at else []
    query = [pair.partition("=") for pair in value.partition("?")[2].split("&")]
    return found + [text for key, _, text in query if key.lower() in _QUERY_KEYS]


def _ordinary(value: str) -> bool:
    return value.lower() in _PLACEHOLDERS or _NUMBER_OR_PATH.fullmatch(value) is not None


def _environment_secrets(environ: Mapping[str, str]) -> Iterator[str]:
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


def _spellings(secret: str) -> Iterator[str]:
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
        secrets = {one for one in _environment_secrets(environ) if len(one) >= _SHORTEST and one not in REDACTED}
        found = {form for secret in secrets for form in _spellings(secret) if len(form) >= _SHORTEST}
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
        for marker in _SHAPES:
            if marker in text:
                text = _shape(marker).sub(REDACTED, text)
        return self._in_context(text)

    @staticmethod
    def _replace_known(form: str, text: str) -> str:
        if form.isalpha():  # a password that is a word may be part of an innocent longer one
            return re.sub(rf"(?<![A-Za-z0-9]){form}(?![A-Za-z0-9])", REDACTED, text)
        return text.replace(form, REDACTED)

    @staticmethod
    def _in_context(text: str) -> str:
        if "://" in text and "@" in text:
            text = _compiled(_USERINFO).sub(_keep_first_group, text)
        if "=" in text and ("?" in text or "&" in text):
            text = _compiled(_IN_QUERY).sub(_keep_first_group, text)
        lower = text.lower()
        if "bearer" in lower:
            text = _compiled(_BEARER).sub(_keep_first_group, text)
        if "basic" in lower:
            text = _compiled(_BASIC).sub(lambda m: _keep_first_group(m) if _is_basic(m) else m[0], text)
        if "cookie" in lower:
            text = _compiled(_COOKIES).sub(lambda m: _compiled(_COOKIE).sub(_keep_first_group, m[0]), text)
        if any(word in lower for word in _WORDS):
            text = _compiled(_ASSIGNED).sub(_if_named, text)
        return text

    def json(self, value: T) -> T:
        """Return the JSON ``value`` without secrets: the very same object when it holds none."""
        if not self._extra:
            texts: list[str] = []
            keys: set[str] = set()
            _all_texts(value, texts, keys)
            joined = "\0".join([*texts, *keys])
            if not any(map(_value_rule, keys)) and self._builtin(joined) == joined:
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
        rule = _value_rule(key)
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
        if value and unquote_plus(key).lower() in _QUERY_KEYS:
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
        if text.lstrip()[:1] in ("{", "[") and any(word in text.lower() for word in _WORDS):
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
