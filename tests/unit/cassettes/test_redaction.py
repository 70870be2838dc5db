"""No secret passes, and nothing else is touched."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from growth import LIMIT, growth, repeated

from pytest_llm.cassettes.redaction import REDACTED, Redaction, Redactor
from pytest_llm.errors import ConfigurationError

RANDOM = "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6kL9n"  # 40 characters that look generated
PEM = f"-----BEGIN RSA PRIVATE KEY-----\n{RANDOM}\n{RANDOM}\n-----END RSA PRIVATE KEY-----"
JWT = f"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.{RANDOM}"
CASSETTES = Path(__file__).parents[3] / ".." / "shared" / "data" / "vcr"

plain = Redactor(environ={})


@pytest.mark.parametrize(
    "secret",
    [
        pytest.param(f"sk-{RANDOM}", id="openai legacy"),
        pytest.param(f"sk-proj-{RANDOM}_{RANDOM}T3BlbkFJ{RANDOM}", id="openai project"),
        pytest.param(f"sk-svcacct-{RANDOM}", id="openai service account"),
        pytest.param("sk-proj-********************4Xyz", id="openai, masked in an error"),
        pytest.param(f"sk-ant-api03-{RANDOM}-{RANDOM}AA", id="anthropic"),
        pytest.param("sk-or-v1-" + "0123456789abcdef" * 4, id="openrouter"),
        pytest.param("sk-" + "0123456789abcdef" * 2, id="deepseek"),
        pytest.param("sk-lf-12345678-1234-1234-1234-123456789abc", id="langfuse"),
        pytest.param(f"sk_live_{RANDOM[:24]}", id="stripe"),
        pytest.param("AIza" + RANDOM[:35], id="google"),
        pytest.param(f"gsk_{RANDOM}", id="groq"),
        pytest.param("hf_" + "abcdefghijklmnopqrstuvwxyzABCDEFGH", id="hugging face"),
        pytest.param(f"xai-{RANDOM}", id="xai"),
        pytest.param(f"r8_{RANDOM[:37]}", id="replicate"),
        pytest.param(f"pplx-{RANDOM}", id="perplexity"),
        pytest.param(f"csk-{RANDOM}", id="cerebras"),
        pytest.param(f"fw_{RANDOM[:24]}", id="fireworks"),
        pytest.param(f"tgp_v1_{RANDOM}", id="together"),
        pytest.param(f"pa-{RANDOM}xyz", id="voyage"),
        pytest.param(f"nvapi-{RANDOM}", id="nvidia"),
        pytest.param(f"tvly-dev-{RANDOM}", id="tavily"),
        pytest.param(f"ghp_{RANDOM[:36]}", id="github"),
        pytest.param(f"gho_{RANDOM[:36]}", id="github oauth"),
        pytest.param(f"github_pat_11{RANDOM}_{RANDOM}", id="github fine-grained"),
        pytest.param(f"glpat-{RANDOM[:20]}", id="gitlab"),
        pytest.param("xoxb-123456789012-abcdefGHIJ", id="slack"),
        pytest.param("AKIAIOSFODNN7EXAMPLE", id="aws key id"),
        pytest.param("ASIAIOSFODNN7EXAMPLE", id="aws temporary key id"),
        pytest.param(f"ya29.{RANDOM}", id="google oauth"),
        pytest.param(JWT, id="jwt"),
        pytest.param(PEM, id="private key"),
        pytest.param(PEM.replace("\n", "\\n"), id="private key, escaped"),
        pytest.param("org-abcdefghijABCDEFGHIJ1234", id="openai organisation"),
        pytest.param("org_01hxxxxxxxxxxxxxxxxxxxxxxx", id="groq organisation"),
        pytest.param("proj_tzz1TbPPOXaf6j9tEkVUBIAa", id="openai project id"),
    ],
)
def test_a_token_of_a_known_shape_is_taken_out_wherever_it_stands(secret: str) -> None:
    around = ["{}", "before {} after", "key={};", "'{}'", "({})", "https://host/v1/{}/x", '{{"a": "{}"}}']
    found = [plain.text(text.format(secret)) for text in around]

    assert found == [text.format(REDACTED) for text in around]


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        pytest.param(f"Authorization: Bearer {RANDOM}", f"Authorization: Bearer {REDACTED}", id="bearer header"),
        pytest.param(f"use Bearer {RANDOM}.", f"use Bearer {REDACTED}", id="bearer in prose"),
        pytest.param("Basic dXNlcjpwYXNzd29yZA==", f"Basic {REDACTED}", id="basic"),
        pytest.param(f"x-api-key: {RANDOM}", f"x-api-key: {REDACTED}", id="header line"),
        pytest.param(f"{{'api-key': '{RANDOM}'}}", f"{{'api-key': '{REDACTED}'}}", id="repr of a dict"),
        pytest.param(f"(b'x-api-key', b'{RANDOM}')", f"(b'x-api-key', b'{REDACTED}')", id="repr of raw headers"),
        pytest.param(f'{{\\"api_key\\": \\"{RANDOM}\\"}}', f'{{\\"api_key\\": \\"{REDACTED}\\"}}', id="JSON in JSON"),
        pytest.param(f"AWS_SECRET_ACCESS_KEY={RANDOM}", f"AWS_SECRET_ACCESS_KEY={REDACTED}", id="aws secret"),
        pytest.param(
            f"GET https://x.org/?a=1&key={RANDOM} 200", f"GET https://x.org/?a=1&key={REDACTED} 200", id="URL"
        ),
        pytest.param("postgres://me:hunter2@db/x", f"postgres://{REDACTED}@db/x", id="DSN"),
    ],
)
def test_a_credential_in_its_context_is_taken_out(text: str, redacted: str) -> None:
    assert plain.text(text) == redacted


@pytest.mark.parametrize(
    "text",
    [
        "call_abc123DEF456ghi789JKL012 toolu_01A09q90qw90lq917835lq9 chatcmpl-BFv8XkY2JnPzC4x1GcS9q0wE3rT5y",
        "msg_01XFDUDYJgAACzvnptvVoYEL resp_68c1c7a4bd0c819c9f5a2e8f7d3b6a1e0f9c8d7e6b5a4 fc_68c1c7a4bd0c819c",
        "gen-1734567890-AbCdEfGhIjKlMnOpQrSt rs_68c1c7a4bd0c819c ws_68c1c7a4bd0c819c file-AbCdEfGhIjKlMnOp123456",
        "fp_44709d6fcb batch_67890abcdef1234567890abc run_abcdefghijklmnop12345678 req_011CSHoEeqs5C35K2UUqR7Fy",
        "0123456789abcdef0123456789abcdef01234567 806896f9-a0e7-497f-9645-51900b22342d",
        "max_tokens=100000000000 completion_tokens: 123456789012 top_logprobs token_count tokenizer: o200k_base12",
        "task-based risk-free desk-sharing sk-learn-pipeline-for-text-classification-2024 disk-0123456789abcdef",
        "Basic understanding of Bearer authentication; the bearer of bad news; a token of appreciation",
        'client = OpenAI(api_key="YOUR_API_KEY_HERE")  # or os.environ["OPENAI_API_KEY"]',
        "password: please choose one with 8 characters; the secret is out; cookies: chocolate",
        '_SIGNED = ("authorization", "x-amz-content-sha256", "x-amz-date")',
        "organization: the World Health Organization; org-chart org-myaccount proj_name",
        "https://example.com/a?page=2&code=SKU123#top mail@example.com http://host:8080/@scope/package@1.0",
        "data:image/png;base64," + base64.b64encode(bytes(range(256)) * 40).decode(),
    ],
)
def test_ordinary_text_is_returned_as_the_same_object(text: str) -> None:
    assert plain.text(text) is text


def test_ordinary_fields_are_returned_as_the_same_object() -> None:
    body = {
        "max_tokens": 5,
        "max_completion_tokens": 5,
        "usage": {"completion_tokens": 1, "prompt_tokens_details": {"cached_tokens": 0}},
        "logprobs": {"content": [{"token": " secret", "bytes": [1], "top_logprobs": [{"token": "password"}]}]},
        "tools": [{"parameters": {"properties": {"api_key": {"type": "string"}}, "required": ["api_key", "password"]}}],
        "input": {"organization": "Acme", "secret": "he likes jazz", "cookie": "chocolate chip", "token": "abcdefgh1"},
        "signature": base64.b64encode(bytes(range(256))).decode(),
        "encrypted_content": base64.urlsafe_b64encode(bytes(range(256)) * 9).decode(),
        "embedding": [0.1, 2.5e-8, -3],
        "system_fingerprint": "fp_44709d6fcb",
        "owned_by": "organization-owner",
        "key": "value",
        "password": None,
    }

    assert plain.json(body) is body


@pytest.mark.parametrize(
    "key",
    "api_key apiKey api-key API_KEY authorization Authorization access_token refreshToken id_token client_secret "
    "password x-api-key set-cookie session_token private_key openai-organization secretAccessKey".split(),
)
def test_the_value_of_a_key_that_names_a_credential_is_taken_out(key: str) -> None:
    assert plain.json({"a": [{key: "tr1vial"}, 1]}) == {"a": [{key: REDACTED}, 1]}


def test_values_of_doubtful_keys_are_taken_out_when_they_look_the_part() -> None:
    body = {"organization": "org-abcdefABCDEF1234", "secret": "s3cr3t-value", "cookie": "sid=abc; x=1"}

    assert plain.json(body) == dict.fromkeys(body, REDACTED)


def test_lists_of_header_values_are_taken_out() -> None:
    assert plain.json({"set-cookie": ["a=1", "b=2"]}) == {"set-cookie": [REDACTED, REDACTED]}


def test_what_holds_no_secret_stays_the_same_object_beside_what_does() -> None:
    body = {"keep": {"deep": [1.0, "text that stays"]}, "go": [f"sk-{RANDOM}"]}
    redacted = plain.json(body)

    assert redacted == {"keep": {"deep": [1.0, "text that stays"]}, "go": [REDACTED]}
    assert redacted["keep"] is body["keep"]


CANARY = 'cän"ary/+ 7&value'


@pytest.mark.parametrize(
    "spelling",
    [
        pytest.param(CANARY, id="raw"),
        pytest.param("c%C3%A4n%22ary%2F%2B%207%26value", id="percent"),
        pytest.param("c%C3%A4n%22ary%2F%2B+7%26value", id="form"),
        pytest.param('c\\u00e4n\\"ary/+ 7&value', id="JSON, ASCII"),
        pytest.param('cän\\"ary/+ 7&value', id="JSON"),
    ],
)
def test_a_secret_of_the_environment_is_taken_out_in_every_spelling(spelling: str) -> None:
    redactor = Redactor(environ={"MY_SERVICE_TOKEN": CANARY})

    assert redactor.text(f"<{spelling}>") == f"<{REDACTED}>"


@pytest.mark.parametrize("user", ["", "a", "ab", "abc", "alice"])
def test_a_secret_of_the_environment_is_taken_out_of_base64(user: str) -> None:
    secret = "correct horse battery staple"
    encoded = base64.b64encode(f"{user}:{secret}".encode()).decode()
    redacted = Redactor(environ={"DB_PASSWORD": secret}).text(f"x{{{encoded}}}")

    kept = re.sub(r"[x{}]|\[REDACTED\]", "", redacted)
    assert REDACTED in redacted
    assert len(kept) <= len(encoded) - len(secret)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OPENAI_API_KEY", "test-key-of-mine"),
        ("AZURE_OPENAI_APIKEY", "0123456789abcdef0123456789abcdef"),
        ("MISTRAL_KEY", "AbCdEfGhIjKlMnOpQrStUvWxYz012345"),
        ("AWS_ACCESS_KEY_ID", "made-up-identity"),
        ("GITHUB_TOKEN", "opaque-value"),
        ("SESSION_COOKIE", "sid=opaque-value"),
        ("DB_PWD", "opaque-value"),
        ("CONNECTION_STRING", "Endpoint=sb;SharedAccessKey=abc"),
        ("SENTRY_DSN", "https://0123456789abcdef@sentry.io/1"),
        ("DATABASE_URL", "postgres://user:opaque-value@db/x"),
        ("HTTPS_PROXY", "http://user:opaque-value@proxy:3128"),
        ("ENDPOINT", "https://host/path?sig=opaque-value"),
    ],
)
def test_secret_looking_variables_are_secrets(name: str, value: str) -> None:
    redactor = Redactor(environ={name: value})
    secret = re.sub(r".*(opaque-value|0123456789abcdef(?=@)).*", r"\1", value)

    assert redactor.text(f"I saw {secret} there") == f"I saw {REDACTED} there"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PWD", "/home/me/project"),
        ("SSH_AUTH_SOCK", "/tmp/ssh-XXXX/agent.1"),
        ("GOOGLE_APPLICATION_CREDENTIALS", "/home/me/key.json"),
        ("TOKENIZERS_PARALLELISM", "disabled by me"),
        ("MAX_TOKENS", "100000000"),
        ("OPENAI_API_KEY", "short"),
        ("OPENAI_API_KEY", "not-needed"),
        ("DB_PASSWORD", "password"),
        ("AUTH_MODE", "cloud-provider"),
        ("TOKEN_URL", "https://login.example.com/oauth"),
        ("KEYBOARD_LAYOUT", "dvorak-international"),
        ("MONKEYS", "twelve of them"),
        ("HOME", "/home/somebody"),
        ("EMPTY_TOKEN", ""),
    ],
)
def test_ordinary_variables_are_no_secrets(name: str, value: str) -> None:
    text = f"a text with {value} in it"

    assert Redactor(environ={name: value}).text(text) is text


def test_a_password_that_is_a_word_is_taken_out_as_a_word_only() -> None:
    redactor = Redactor(environ={"DB_PASSWORD": "elephant"})

    assert redactor.text("elephant, elephantine") == f"{REDACTED}, elephantine"


@pytest.mark.parametrize(
    ("url", "redacted"),
    [
        ("https://user:pass@host:8080/v1?a=1", "https://host:8080/v1?a=1"),
        ("https://g.com/m:go?alt=sse&key=short", f"https://g.com/m:go?alt=sse&key={REDACTED}"),
        ("https://a.net/x?api-version=2024-10-21&Subscription-Key=1", f"https://a.net/x?api-version=2024-10-21&Subscription-Key={REDACTED}"),
        ("https://f.net/api/run?code=abc%3D%3D", f"https://f.net/api/run?code={REDACTED}"),
        ("https://b.s3.com/o?X-Amz-Credential=A&X-Amz-Signature=B&x=1", f"https://b.s3.com/o?X-Amz-Credential={REDACTED}&X-Amz-Signature={REDACTED}&x=1"),
        (f"https://h/bot/sk-{RANDOM}/send", f"https://h/bot/{REDACTED}/send"),
    ],
)  # fmt: skip
def test_a_url_loses_its_credentials(url: str, redacted: str) -> None:
    assert plain.url(url) == redacted
    assert plain.url(redacted) == redacted


@pytest.mark.parametrize(
    "url",
    [
        "https://api.openai.com/v1/chat/completions",
        "https://h/v1/models/a%2Fb:generateContent?alt=sse&x=a+b&empty=&flag",
        "http://[::1]:8000/v1",
        "https://h/v1?",
    ],
)
def test_an_ordinary_url_is_returned_as_the_same_object(url: str) -> None:
    assert plain.url(url) is url


def test_a_url_loses_what_the_users_patterns_match_percent_encoded_too() -> None:
    redactor = Redactor([Redaction(r"\w+@example\.com", "user@host")], {})

    assert redactor.url("https://h/u/al%40example.com?q=al%40example.com") == "https://h/u/user%40host?q=user%40host"


def test_only_headers_that_replay_needs_are_kept() -> None:
    headers = (
        ("Content-Type", "application/json"),
        ("Retry-After", "2.5"),
        ("Set-Cookie", "__cf_bm=abc"),
        ("openai-organization", "user-abc"),
        ("x-request-id", "req_1"),
        ("Content-Encoding", "gzip"),
        ("date", "today"),
        ("x-amzn-ErrorType", "ThrottlingException"),
        ("Location", "https://h/x?sig=abc"),
    )

    assert plain.response_headers(headers) == (
        ("content-type", "application/json"),
        ("retry-after", "2.5"),
        ("x-amzn-errortype", "ThrottlingException"),
        ("location", f"https://h/x?sig={REDACTED}"),
    )


@pytest.mark.parametrize(
    ("data", "redacted"),
    [
        pytest.param(b'{"password": "a\\"b", "n": 1.0}', b'{"password": "[REDACTED]", "n": 1.0}', id="JSON"),
        pytest.param(b"grant_type=x&client_secret=abc&a=b", b"grant_type=x&client_secret=[REDACTED]&a=b", id="form"),
        pytest.param(f"data: sk-{RANDOM}\n\n".encode(), b"data: [REDACTED]\n\n", id="event"),
    ],
)
def test_a_body_loses_its_credentials(data: bytes, redacted: bytes) -> None:
    assert plain.bytes_(data) == redacted


@pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00", b'{"max_tokens": 1.00, "a":1}', b'data: {"token": "x"}\n\n'])
def test_an_ordinary_body_is_returned_as_the_same_object(data: bytes) -> None:
    assert plain.bytes_(data) is data


def test_the_users_patterns_apply_to_texts_keys_and_bodies() -> None:
    redactor = Redactor([Redaction(r"(\w)\w*@example\.com", r"\1@…"), Redaction(re.compile("^Alice$"), "NAME")], {})
    body = {"alice@example.com": ["mail alice@example.com", "Alice", "Alice B."], "n": 1}

    assert redactor.json(body) == {"a@…": ["mail a@…", "NAME", "Alice B."], "n": 1}
    assert redactor.bytes_(b"to: bob@example.com") == "to: b@…".encode()


@pytest.mark.parametrize(
    ("pattern", "replacement", "reason"),
    [
        pytest.param("[a-", "x", "unterminated character set at position 0", id="pattern"),
        pytest.param("a", r"\2", "invalid group reference 2 at position 1", id="replacement"),
        pytest.param("a*", "x", "the pattern matches the empty text", id="matches all"),
    ],
)
def test_a_redaction_that_cannot_work_is_refused(pattern: str, replacement: str, reason: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        Redaction(pattern, replacement)

    expected = f"Redaction(pattern={pattern!r}, replacement={replacement!r}) is not a usable redaction: {reason}."
    assert str(error.value) == expected


def test_redacting_twice_changes_nothing_more() -> None:
    redactor = Redactor([Redaction("Alice", "NAME")], {"A_TOKEN": "opaque-value", "B_TOKEN": "REDACTED"})
    body = {"api_key": "x", "t": f"Alice Bearer {RANDOM} api_key={RANDOM} opaque-value {PEM}", "cookie": "a=b"}
    once = redactor.json(body)

    assert redactor.json(once) is once


def test_a_long_text_is_redacted_in_proportion() -> None:
    redactor = Redactor(environ={f"KEY_{n}": f"value-{n}-{RANDOM}" for n in range(10)})
    piece = "The quick brown fox asks for a task-based desk; keys, tokens and secrets: none. "

    assert growth(redactor.text, repeated(piece)) < LIMIT


def _bodies(document: Mapping[str, object]) -> Iterator[object]:
    for interaction in document["interactions"]:  # type: ignore[attr-defined]
        for side in (interaction["request"], interaction["response"]):
            body = side.get("parsed_body", side.get("body"))
            text = body["string"] if isinstance(body, dict) and "string" in body else body
            try:
                yield json.loads(text)
            except (TypeError, ValueError):
                yield text


def test_of_76_real_cassettes_only_headers_and_nothing_else_change() -> None:
    yaml = pytest.importorskip("yaml", reason="PyYAML is not installed")
    files = sorted(CASSETTES.rglob("*.yaml"))
    if not files:
        pytest.skip("The recorded provider traffic (../shared/data/vcr) is not there.")
    changed, urls = [], []
    for file in files:
        document = yaml.safe_load(file.read_text(encoding="utf-8"))
        changed += [(file.name, body) for body in _bodies(document) if plain.json(body) is not body]
        uris = [interaction["request"]["uri"] for interaction in document["interactions"]]
        urls += [uri for uri in uris if plain.url(uri) is not uri]

    assert len(files) == 76
    assert changed == []
    assert urls == []
