"""Personal data in a text: addresses and numbers that name a person, each validated by its own rules."""

from __future__ import annotations

import importlib
import ipaddress
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, get_args

from pytest_llm.errors import MissingExtraError

__all__ = ["KINDS", "Kind", "Personal", "find_personal", "masked"]

Kind = Literal["email", "iban", "credit_card", "us_ssn", "national_id", "ip_address", "phone"]
KINDS: tuple[Kind, ...] = get_args(Kind)

_EMAIL = re.compile(
    r"(?<![\w.+%@/-])[^\W_](?:[\w.+%'-]{0,62}[\w+%-])?@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,6}[^\W\d_]{2,24}(?![\w@-])"
)
_CARD = re.compile(r"(?<![\w.,-])[3-6]\d{3}(?:[ -]?\d{3,7}){2,4}(?![\w-]|[.,]\d)")
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,3})?(?!\w)")
_SSN = re.compile(r"(?<![\w-])\d{3}([- ])\d{2}\1\d{4}(?![\w-])")
_IPV4 = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w-]|\.\d)")
_IPV6 = re.compile(r"(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){3,7}[0-9A-Fa-f]{1,4}(?![\w:])")
_VERSION = re.compile(r"(?:\bv|\b(?:version|release|build|ver\.?|firmware|update|section|chapter))\s*$", re.I)
_BARE = re.compile(r"\d+(?:[.,]\d+)?")
# Which module of python-stdnum validates what is spelled like this; the check digits leave few other numbers over.
_NATIONAL = (
    ("es.dni", re.compile(r"(?<!\w)\d{8}-?[A-HJ-NP-TV-Z](?!\w)")),
    ("es.nie", re.compile(r"(?<!\w)[XYZ]-?\d{7}-?[A-HJ-NP-TV-Z](?!\w)")),
    ("it.codicefiscale", re.compile(r"(?<!\w)[A-Z]{6}\d{2}[A-EHLMPR-T]\d{2}[A-Z]\d{3}[A-Z](?!\w)")),
    ("fr.nir", re.compile(r"(?<!\w)[12] ?\d{2} ?\d{2} ?\d[\dAB] ?\d{3} ?\d{3} ?\d{2}(?!\w)")),
    ("br.cpf", re.compile(r"(?<!\w)\d{3}\.\d{3}\.\d{3}-\d{2}(?!\w)")),
    ("fi.hetu", re.compile(r"(?<!\w)\d{6}[-+A]\d{3}[0-9A-FHJ-NPR-Y](?!\w)")),
    ("se.personnummer", re.compile(r"(?<!\w)(?:19|20)?\d{6}[-+]\d{4}(?!\w)")),
)
# Issuers by the first digits and the lengths of their numbers: Visa, Mastercard, American Express, Discover, Diners
# Club, JCB, UnionPay (ISO/IEC 7812).
_ISSUERS = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|(?:5[1-5]|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12,14}|3[47]\d{13}"
    r"|6(?:011|5\d\d|4[4-9]\d)\d{12}|3(?:0[0-5]|[68]\d)\d{11}|35(?:2[89]|[3-8]\d)\d{12}|62\d{14,17}"
)


@dataclass(frozen=True, slots=True)
class Personal:
    """A piece of personal data: its kind, its text, and where it begins."""

    kind: Kind
    text: str
    start: int


def find_personal(text: str, kinds: Iterable[Kind], region: str) -> list[Personal]:
    """Return the personal data of these kinds in a text, in its order; none lies within another.

    ``region`` is the country (ISO 3166) in whose way phone numbers without a country code are written.
    Raises ``MissingExtraError`` when a kind needs a package that is not installed.
    """
    finders: dict[Kind, Callable[[str], Iterator[tuple[int, str]]]] = {
        "email": _emails,
        "credit_card": _cards,
        "iban": _ibans,
        "us_ssn": _us_ssns,
        "national_id": _national_ids,
        "ip_address": _ip_addresses,
        "phone": lambda said: _phones(said, region),
    }
    found = [Personal(kind, said, start) for kind in KINDS if kind in kinds for start, said in finders[kind](text)]
    found.sort(key=lambda one: (one.start, -len(one.text)))
    return list(_outermost(found))


def _outermost(found: Iterable[Personal]) -> Iterator[Personal]:
    """Leave out what lies within another: a number may look like two kinds, and the longer reading is meant."""
    end = 0
    for one in found:
        if one.start + len(one.text) > end:
            end = one.start + len(one.text)
            yield one


def masked(one: Personal) -> str:
    """Return the data with its middle hidden: enough to find it in the text, too little to use it."""
    if one.kind == "email":
        name, _, domain = one.text.rpartition("@")
        host, _, top = domain.rpartition(".")
        return f"{name[:2] if len(name) > 3 else name[:1]}***@{host[:2]}***.{top}"
    seen = 4 if one.kind == "credit_card" else 2
    return f"{one.text[:2]}***{one.text[-seen:]}"


def _emails(text: str) -> Iterator[tuple[int, str]]:
    return ((match.start(), match[0]) for match in _EMAIL.finditer(text))


def _cards(text: str) -> Iterator[tuple[int, str]]:
    luhn = _stdnum("luhn")
    for match in _CARD.finditer(text):
        digits = re.sub(r"[ -]", "", match[0])
        if _ISSUERS.fullmatch(digits) and luhn.is_valid(digits):
            yield match.start(), match[0]


def _ibans(text: str) -> Iterator[tuple[int, str]]:
    iban = _stdnum("iban")
    return ((match.start(), match[0]) for match in _IBAN.finditer(text) if iban.is_valid(match[0]))


def _us_ssns(text: str) -> Iterator[tuple[int, str]]:
    ssn = _stdnum("us.ssn")
    return ((match.start(), match[0]) for match in _SSN.finditer(text) if ssn.is_valid(match[0].replace(" ", "-")))


def _national_ids(text: str) -> Iterator[tuple[int, str]]:
    for module, pattern in _NATIONAL:
        validator = _stdnum(module)
        yield from ((match.start(), match[0]) for match in pattern.finditer(text) if validator.is_valid(match[0]))


def _ip_addresses(text: str) -> Iterator[tuple[int, str]]:
    """Only what the Internet routes, and no version number (1.2.3.4, "version 120.0.60.9")."""
    for match in [*_IPV4.finditer(text), *_IPV6.finditer(text)]:
        said = match[0]
        version = _VERSION.search(text[max(0, match.start() - 16) : match.start()])
        small = "." in said and all(len(part) == 1 for part in said.split("."))
        if not version and not small and _is_routed(said):
            yield match.start(), said


def _is_routed(said: str) -> bool:
    try:
        return ipaddress.ip_address(said).is_global
    except ValueError:
        return False


def _phones(text: str, region: str) -> Iterator[tuple[int, str]]:
    """Only with a country code or grouped as the region groups them; a bare run of digits is an order number."""
    phonenumbers: Any = _module("phonenumbers", "phonenumbers")
    kinds = phonenumbers.PhoneNumberType
    services = {kinds.TOLL_FREE, kinds.PREMIUM_RATE, kinds.SHARED_COST, kinds.UAN, kinds.VOICEMAIL}
    strictly = phonenumbers.Leniency.STRICT_GROUPING
    for match in phonenumbers.PhoneNumberMatcher(text, region, leniency=strictly):
        said = match.raw_string
        if (said.startswith("+") or not _BARE.fullmatch(said)) and phonenumbers.number_type(
            match.number
        ) not in services:
            yield match.start, said


def _stdnum(name: str) -> Any:
    return _module(f"stdnum.{name}", "python-stdnum")


def _module(name: str, package: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        raise MissingExtraError(
            f"mentions_pii() needs the package {package}, which is not installed: "
            'pip install "pytest-llm-regression[pii]"'
        ) from None
