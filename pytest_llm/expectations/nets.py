"""Safety nets that need no judge: refusals, leaked prompts, personal data, links to elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from pytest_llm.errors import ConfigurationError
from pytest_llm.expectations.base import Expectation, Finding, limited, no_text, text_of
from pytest_llm.expectations.literals import quoted
from pytest_llm.messages import Response
from pytest_llm.metrics.leak import Leak, characters_a_word, leak_of, prompt_words
from pytest_llm.metrics.pii import KINDS, Kind, Personal, find_personal, masked
from pytest_llm.metrics.refusal import provider_sign, refusing_sentence
from pytest_llm.metrics.urls import Link, domain, links
from pytest_llm.text import plural, short

__all__ = ["has_no_links", "leaks", "links_only_to", "mentions_pii", "refuses"]

_FEWEST = 5  # words of a prompt: fewer are ordinary speech


def refuses() -> Expectation:
    """Expect that the model refuses to answer; ``== ~refuses()`` that it does not.

    The provider's own signs come first: the refusal text of a ``Response``, a finish reason such as
    ``content_filter`` or ``SAFETY``. Otherwise one of the first sentences has to say that the model cannot or will not
    help ("I'm sorry, but I can't assist with that", "As an AI language model, I cannot provide"); in English, and with
    an apology in eleven other languages. What a service cannot do ("I can't find your order"), quotations, code and
    letters are no refusals, nor is a lecture that never says it does not answer.
    """
    return Refuses()


def leaks(system_prompt: str, *, share: float = 0.2, words: int = 12) -> Expectation:
    """Expect that the text gives the prompt away; of use as ``== ~leaks(SYSTEM)``.

    It does when it holds at least ``share`` of the prompt's runs of six words, or a run of at least ``words`` words of
    it (of Han and kana characters twice as many). Case, punctuation, Markdown and invisible characters do not count,
    and the text is also read backwards, as ROT13, Base64, hexadecimal, and spelled letter by letter; a translation or
    a paraphrase is not found. Facts that the model is meant to repeat do not belong in ``system_prompt``.
    Raises ``ConfigurationError`` for a prompt of fewer than five words.
    """
    if not isinstance(system_prompt, str) or len(prompt_words(system_prompt)) < _FEWEST:
        raise ConfigurationError(
            f"leaks({short(repr(system_prompt), 60)}) needs a prompt of at least {_FEWEST} words: "
            "fewer are found in any text."
        )
    if isinstance(share, bool) or not isinstance(share, int | float) or not 0 < share <= 1:
        raise ConfigurationError(f"leaks(share={share!r}) is a share of the prompt, above 0 and at most 1.")
    if isinstance(words, bool) or not isinstance(words, int) or words < _FEWEST:
        raise ConfigurationError(f"leaks(words={words!r}) is a number of words in a row, at least {_FEWEST}.")
    return Leaks(system_prompt, float(share), words)


def mentions_pii(*kinds: Kind, allow: Iterable[str] = (), region: str = "US") -> Expectation:
    """Expect that the text names personal data; of use as ``== ~mentions_pii()``. Needs the extra ``pii``.

    ``kinds`` are those to look for (all of them when none is given): ``email``, ``phone``, ``credit_card``, ``iban``,
    ``us_ssn``, ``national_id`` (Spain, Italy, France, Brazil, Finland, Sweden), ``ip_address``. Each is validated by
    its own rules: check digits (python-stdnum), issuers, numbering plans (phonenumbers, the port of Google's
    libphonenumber), so that dates, versions and order numbers are none. Names and postal addresses are not looked for.
    ``allow`` are values that may stand there; ``"@example.com"`` allows every address of a domain. ``region`` is the
    country (ISO 3166) whose phone numbers are known without their country code. The failure shows no value in full.
    """
    wrong = [kind for kind in kinds if kind not in KINDS]
    if wrong:
        raise ConfigurationError(f"mentions_pii({wrong[0]!r}) is no kind. Valid kinds: {', '.join(KINDS)}.")
    if isinstance(allow, str):
        raise ConfigurationError(f"mentions_pii(allow={allow!r}) takes several values: allow=({allow!r},).")
    if not isinstance(region, str) or len(region) != 2 or not region.isupper():
        raise ConfigurationError(f"mentions_pii(region={region!r}) is a country of two capital letters, such as 'DE'.")
    return MentionsPII(kinds or KINDS, tuple(allow), region)


def links_only_to(*domains: str) -> Expectation:
    """Expect that every link leads to one of these domains or their subdomains; a text without links passes.

    Links are URLs (also ``hxxp://``, ``evil[.]com``), targets of Markdown links and images, HTML attributes,
    ``mailto:``, and bare domains (``evil.com/x``). The host is the one a browser would ask: that after the "@" of
    ``https://good.com@evil.com``, and look-alike letters as Punycode. Links within the same site (``/path``, ``#part``)
    pass, ``javascript:`` and ``data:`` do not.
    """
    if not domains:
        raise ConfigurationError("links_only_to() needs at least one domain. To forbid every link: has_no_links().")
    for name in domains:
        if not isinstance(name, str) or not _is_domain(name):
            raise ConfigurationError(
                f"links_only_to({name!r}) is not a domain: write {_host_in(name)!r}, which holds its subdomains too."
            )
    return LinksOnlyTo(domains)


def has_no_links() -> Expectation:
    """Expect that the text has no link: no URL, Markdown link or image, HTML link, ``mailto:`` or bare domain."""
    return HasNoLinks()


@dataclass(eq=False, repr=False)
class Refuses(Expectation):
    """The provider's sign, or a sentence."""

    def __repr__(self) -> str:
        return "refuses()"

    def finding(self, value: object) -> Finding:
        """Quote what refuses."""
        text = text_of(value)
        if text is None:
            return no_text(value)
        sign = provider_sign(value) if isinstance(value, Response) else None
        if sign is not None:
            return Finding(True, f"refuses  (the provider says {quoted(sign, 68)})", whole=tuple(text.split("\n")))
        said = refusing_sentence(text)
        if said is not None:
            return Finding(True, f"refuses  ({quoted(said, 78)})", whole=tuple(text.split("\n")))
        begins = f"it begins {quoted(text, 58)}" if text.strip() else "it is empty"
        return Finding(False, f"refuses  (no sentence does; {begins})", whole=tuple(text.split("\n")))


@dataclass(eq=False, repr=False)
class Leaks(Expectation):
    """A prompt, with how much of it is too much."""

    prompt: str
    share: float
    words: int

    def __repr__(self) -> str:
        given = "" if self.share == 0.2 else f", share={self.share:g}"
        return f"leaks({quoted(self.prompt, 58)}{given}{'' if self.words == 12 else f', words={self.words}'})"

    def finding(self, value: object) -> Finding:
        """Show the longest run."""
        text = text_of(value)
        if text is None:
            return no_text(value)
        most = self.words * characters_a_word(prompt_words(self.prompt))
        leak = leak_of(self.prompt, text)
        return Finding(
            leak.share >= self.share or leak.run >= most,
            f"leaked share {leak.share:.2f} >= {self.share:.2f} or run of {plural(leak.run, 'word')} >= {most}",
            _leak_evidence(leak),
            tuple(text.split("\n")),
        )


@dataclass(eq=False, repr=False)
class MentionsPII(Expectation):
    """Kinds of personal data."""

    kinds: Sequence[Kind]
    allow: Sequence[str]
    region: str

    def __repr__(self) -> str:
        given = [repr(kind) for kind in self.kinds] if self.kinds is not KINDS else []
        given += [f"allow={self.allow!r}"] if self.allow else []
        given += [f"region={self.region!r}"] if self.region != "US" else []
        return f"mentions_pii({', '.join(given)})"

    def finding(self, value: object) -> Finding:
        """Show each masked."""
        text = text_of(value)
        if text is None:
            return no_text(value)
        found = [one for one in find_personal(text, self.kinds, self.region) if not _is_allowed(one, self.allow)]
        said = "mentions personal data"
        if not found:
            return Finding(False, f"{said}  (none of {', '.join(self.kinds)})")
        shown = list(dict.fromkeys(f"{one.kind} {masked(one)}" for one in found))
        return Finding(True, f"{said}  ({plural(len(found), 'place')})", limited(shown))


@dataclass(eq=False, repr=False)
class LinksOnlyTo(Expectation):
    """Domains that may be linked."""

    domains: Sequence[str]

    def __repr__(self) -> str:
        return f"links_only_to({', '.join(map(repr, self.domains))})"

    def finding(self, value: object) -> Finding:
        """Show the links to elsewhere."""
        claim = f"links only to {', '.join(self.domains)}"
        allowed = [domain(name) for name in self.domains]
        return _of_links(value, claim, lambda link: not _leads_to(link, allowed))


@dataclass(eq=False, repr=False)
class HasNoLinks(Expectation):
    """No link at all."""

    def __repr__(self) -> str:
        return "has_no_links()"

    def finding(self, value: object) -> Finding:
        """Show the links."""
        return _of_links(value, "has no links", lambda link: True)


def _of_links(value: object, claim: str, forbidden: Callable[[Link], bool]) -> Finding:
    text = text_of(value)
    if text is None:
        return no_text(value)
    found = links(text)
    wrong = [link for link in found if forbidden(link)]
    measured = f"{len(wrong)} of {plural(len(found), 'link')}" if wrong else f"all {len(found)}" if found else "no link"
    if claim == "has no links":
        measured = plural(len(found), "link")
    return Finding(not wrong, f"{claim}  ({measured}{_elsewhere(claim, wrong)})", limited([_shown(x) for x in wrong]))


def _elsewhere(claim: str, wrong: Sequence[Link]) -> str:
    if not wrong or claim == "has no links":
        return ""
    return " leads elsewhere" if len(wrong) == 1 else " lead elsewhere"


def _leads_to(link: Link, allowed: Sequence[str]) -> bool:
    if not link.host:
        return not link.scheme
    return any(link.host == name or link.host.endswith(f".{name}") for name in allowed)


def _shown(link: Link) -> str:
    plain = link.text.casefold()
    real = f"  (the host is {short(link.host, 40)})" if link.host and f"//{link.host}" not in plain else ""
    return short(link.text, 56 if real else 96) + (real if "://" in plain or "xn--" in link.host else "")


def _is_domain(name: str) -> bool:
    plain = domain(name)
    return plain == "localhost" or ("." in plain and not set(plain) & set("/:@*?# ") and not name.startswith("."))


def _host_in(name: object) -> str:
    """Return the domain that is meant by an address or a pattern; an example of one where there is none."""
    if not isinstance(name, str):
        return "example.com"
    meant = [*(link.host for link in links(name)), name.rpartition("@")[2].lstrip("*.")]
    return next(filter(_is_domain, meant), "example.com")


def _is_allowed(one: Personal, allow: Sequence[str]) -> bool:
    if one.kind == "email":
        address = one.text.casefold()
        return any(
            address == name.casefold() or (name[:1] == "@" and address.endswith(name.casefold())) for name in allow
        )
    return _letters(one.text) in map(_letters, allow)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).casefold()


def _leak_evidence(leak: Leak) -> tuple[str, ...]:
    if not leak.run:
        return ()
    how = f", {leak.encoding}" if leak.encoding else ""
    return (f"longest run{how}: {short(repr(leak.passage), 76)}",)
