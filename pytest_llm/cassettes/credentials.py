"""What credentials look like: the shapes that providers issue, the names they stand under, how texts hold them."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from functools import cache

__all__ = ["QUERY_KEYS", "REDACTED", "WORDS", "value_rule", "without_named", "without_tokens"]

REDACTED = "[REDACTED]"

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

QUERY_KEYS = frozenset(
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

WORDS = (
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


def without_tokens(text: str) -> str:
    """Return the text without tokens of the shapes that providers issue."""
    for marker in _SHAPES:
        if marker in text:
            text = _shape(marker).sub(REDACTED, text)
    return text


def without_named(text: str) -> str:
    """Return the text without what stands after the name of a credential, in a URL or in a header."""
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
    if any(word in lower for word in WORDS):
        text = _compiled(_ASSIGNED).sub(_if_named, text)
    return text


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


@cache
def _shape(marker: str) -> re.Pattern[str]:
    return re.compile(_SHAPES[marker], re.DOTALL | re.ASCII)


@cache
def value_rule(key: str) -> str | None:
    """Return the pattern of a value that is a secret under this name; None when the name is no credential's."""
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
