"""The links in a text, and the hosts that a browser would ask for them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

__all__ = ["Link", "domain", "links"]

_SCHEMES = "https?|hxxps?|ftps?|wss?|file|javascript|data|vbscript"
# The end of a link: spaces, quotes, brackets of its surroundings, and the punctuation of scripts without spaces.
_PLAIN = r"[^\s<>\"`{}|^\u3000-\u303f\uff00-\uff0c\uff1a-\uff60\u2018\u2019“”«»…]"
_ABSOLUTE = re.compile(rf"(?<![A-Za-z0-9+.-])(?:(?:{_SCHEMES})://|mailto:)(?:(?!\]\(){_PLAIN})+", re.I)
_TARGET = re.compile(r"\]\(\s{0,4}<?([^\s()<>]{1,4000}(?:\([^\s()<>]{0,200}\)[^\s()<>]{0,200}){0,4})>?(?=[\s)])")
_DEFINITION = re.compile(r"^ {0,3}\[[^\]\n]+\]:[ \t]*<?([^\s<>]+)>?", re.M)
_ATTRIBUTE = re.compile(r"<[a-z][^<>]*?\b(?:href|src|action|poster)\s*=\s*[\"']?([^\s\"'<>]+)", re.I)
# A letter or digit of a script with spaces: a domain may stand within Chinese text without any.
_LETTER = r"[^\W_\u2e80-\u9fff\uac00-\ud7af]"
_BARE = re.compile(
    rf"(?<![@./:%+-])(?<!{_LETTER})(?<!_)(?P<host>(?:{_LETTER}(?:(?:{_LETTER}|[_-]){{0,61}}{_LETTER})?\.){{1,5}}"
    rf"(?P<top>(?!\d){_LETTER}{{2,18}}))(?![@(_-]|{_LETTER}|\.{_LETTER})(?P<rest>(?::\d{{2,5}})?(?:/{_PLAIN}*)?)"
)
_CODE = re.compile(r"^[ \t>]*(```+|~~~+).*?(?:^[ \t>]*\1|\Z)|(?<!`)(`+)(?!`).*?(?<!`)\2(?!`)", re.S | re.M)
_DEFANGED = re.compile(r"\s?(?:\[(?:\.|dot)\]|\((?:\.|dot)\)|\{\.\})\s?", re.I)
_WIDE_STOP = re.compile(r"(?<=[A-Za-z0-9])[\u3002\uff0e\uff61](?=(?:com|net|org|io|co|cn|ru|xyz|top|info)\b)")
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")
_RELATIVE = re.compile(r"[/#.?]|[\w-]+[/.#]")

# Top-level domains that no file name, module or sentence ends with: those let a bare "name.tld" pass for a link.
_TOPS = frozenset(
    "com net org edu gov mil int info biz io ai co app dev xyz online site website shop store tech cloud agency club "
    "blog live news space top vip icu click link work world email digital solutions services support page wiki "
    "uk de fr nl eu ch ru cn jp br au ca mx pl se dk fi cz ro hu gr pt ie nz za kr tw hk sg vn tr ua ir il ae sa ar cl "
    "ke ng рф онлайн".split()
)
# Endings of files that are also top-level domains: with a path they are rather a directory.
_FILES = frozenset("md py rs sh pl ps so cc zip mov java app js ts rb cs go vb pm mm".split())
_NAMES = frozenset("asp.net ado.net vb.net ml.net paint.net socket.io draw.io".split())


@dataclass(frozen=True, slots=True)
class Link:
    """A link as the text spells it, and the host it leads to: lower case, international names in Punycode.

    ``host`` is empty for a link without one (``/path``, ``#part``, ``javascript:``); ``scheme`` too when none stands.
    """

    text: str
    host: str
    scheme: str = ""


def links(text: str) -> list[Link]:
    """Return the links of a text in its order, each spelling once.

    Found are URLs with a scheme (also ``hxxp`` and ``evil[.]com``), the targets of Markdown links, images and
    definitions, HTML attributes, and bare domains (``evil.com/path``; without a path only under a known top-level
    domain; none in code). E-mail addresses are no links, ``mailto:`` is one.
    """
    plain = _WIDE_STOP.sub(".", _DEFANGED.sub(".", _UNSEEN.sub("", text)))
    found: dict[tuple[int, str], Link] = {}
    for start, said in sorted(_spellings(plain)):
        found.setdefault((start, said), _link(said))
    return list(dict.fromkeys(found.values()))


def domain(name: str) -> str:
    """Return a host name as it is compared: lower case, no final dot, international names in Punycode."""
    plain = unicodedata.normalize("NFKC", name).replace("\u3002", ".").strip(".").casefold()
    try:
        return plain.encode("idna").decode("ascii")
    except UnicodeError:
        return plain


def _spellings(text: str) -> Iterator[tuple[int, str]]:
    taken = []
    for pattern in (_TARGET, _DEFINITION, _ATTRIBUTE):
        for match in pattern.finditer(text):
            taken.append(match.span(1))
            if _ABSOLUTE.match(match[1]) or _RELATIVE.match(match[1]) or ":" in match[1]:
                yield match.start(1), match[1]
    for match in _ABSOLUTE.finditer(_blanked(text, taken)):
        taken.append(match.span())
        yield match.start(), _trimmed(match[0])
    taken += [match.span() for match in _CODE.finditer(text)]
    for match in _BARE.finditer(_blanked(text, taken)):
        if _is_domain(match):
            yield match.start(), _trimmed(match[0])


def _blanked(text: str, spans: list[tuple[int, int]]) -> str:
    """Return the text with these spans blank, so that what was found is not found again and places stay."""
    pieces, place = [], 0
    for start, end in sorted(spans):
        if end > place:
            pieces += [text[place:start], " " * (end - max(start, place))]
            place = end
    return "".join([*pieces, text[place:]])


def _is_domain(match: re.Match[str]) -> bool:
    host, top, rest = match["host"], match["top"], match["rest"]
    if host.casefold().startswith("www."):
        return True
    if top[:1].isupper() and not host.isupper():
        return False  # two sentences without a space between them
    if host.casefold() in _NAMES:
        return False
    return top.casefold() in _TOPS or (rest.startswith("/") and len(rest) > 1 and top.casefold() not in _FILES)


def _trimmed(said: str) -> str:
    """Cut the punctuation of the sentence off, and a closing bracket that the link did not open."""
    end = len(said)
    excess = {")": said.count(")") - said.count("("), "]": said.count("]") - said.count("[")}
    while end:
        last = said[end - 1]
        if last not in ".,;:!?'*_~\\" and excess.get(last, 0) <= 0:
            break
        if last in excess:
            excess[last] -= 1
        end -= 1
    return said[:end]


def _link(said: str) -> Link:
    scheme, colon, rest = said.partition(":")
    if said.startswith("//") or (colon and rest.startswith("//")):
        return Link(said, _host(said[said.index("//") :]), scheme.casefold() if colon and "/" not in scheme else "")
    if scheme.casefold() == "mailto":
        return Link(said, domain(rest.partition("?")[0].rpartition("@")[2]), "mailto")
    if colon and re.fullmatch(r"[A-Za-z][A-Za-z0-9+-]*", scheme) and not rest[:1].isdigit():
        return Link(said, "", scheme.casefold())
    if _BARE.fullmatch(said) and not said.startswith(("/", "#", ".")):
        return Link(said, _host("//" + said))
    return Link(said, "")


def _host(said: str) -> str:
    """Return the host a browser asks: what follows the last "@" (what precedes it is a user's name)."""
    try:
        host = urlsplit(said.replace("\\", "/")).hostname or ""
    except ValueError:
        return said[2:].partition("/")[0].rpartition("@")[2]
    glued = re.match(r"((?:[\x21-\x7e]+\.)[a-z]{2,18})[\u2e80-\u9fff\uac00-\ud7af]", host)
    return domain(glued[1] if glued else host)
