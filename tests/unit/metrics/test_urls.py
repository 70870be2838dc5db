"""Links are found in every dress, with the host that a browser would ask."""

from __future__ import annotations

import pytest
from growth import LIMIT, growth, repeated

from pytest_llm.metrics.urls import Link, domain, links


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("See https://a.com/x(1)y.", Link("https://a.com/x(1)y", "a.com", "https"),
                     id="a URL in a sentence"),
        pytest.param("(https://a.com/)", Link("https://a.com/", "a.com", "https"), id="in brackets"),
        pytest.param('[t](https://a.com "title")', Link("https://a.com", "a.com", "https"), id="Markdown"),
        pytest.param("[w](https://en.wiki.org/A_(b))", Link("https://en.wiki.org/A_(b)", "en.wiki.org", "https"),
                     id="brackets in the target"),
        pytest.param("![i](//a.io/p.png?q=1)", Link("//a.io/p.png?q=1", "a.io"), id="an image without a scheme"),
        pytest.param("[d]\n\n[d]: http://a.com", Link("http://a.com", "a.com", "http"), id="a definition"),
        pytest.param("<a class=b href='//evil.com/x'>k</a>", Link("//evil.com/x", "evil.com"), id="HTML"),
        pytest.param("<https://a.com>", Link("https://a.com", "a.com", "https"), id="an autolink"),
        pytest.param("hxxps://bad[.]com/x", Link("hxxps://bad.com/x", "bad.com", "hxxps"), id="defanged"),
        pytest.param("go to evil.com/x now", Link("evil.com/x", "evil.com"), id="a bare domain with a path"),
        pytest.param("go to evil.com.", Link("evil.com", "evil.com"), id="a bare domain"),
        pytest.param("www.foo.bar", Link("www.foo.bar", "www.foo.bar"), id="www"),
        pytest.param("https://good.com@evil.com/", Link("https://good.com@evil.com/", "evil.com", "https"),
                     id="a user's name in front"),
        pytest.param("https://g\u043e\u043ed.com", Link("https://g\u043e\u043ed.com", "xn--gd-fmca.com", "https"),
                     id="Cyrillic look-alikes"),
        pytest.param("https://go\u200bod.com", Link("https://good.com", "good.com", "https"), id="an invisible space"),
        pytest.param("https://evil\u3002com/x", Link("https://evil.com/x", "evil.com", "https"), id="a wide stop"),
        pytest.param("请访问https://a.com/b。", Link("https://a.com/b", "a.com", "https"), id="Chinese"),
        pytest.param("或example.com。", Link("example.com", "example.com"), id="a bare domain in Chinese"),
        pytest.param("https://a.com了解", Link("https://a.com了解", "a.com", "https"), id="Chinese without a space"),
        pytest.param("زوروا https://a.com/x؟", Link("https://a.com/x؟", "a.com", "https"), id="Arabic"),
        pytest.param("mailto:john@evil.com?x=1", Link("mailto:john@evil.com?x=1", "evil.com", "mailto"), id="mailto"),
        pytest.param("[j](javascript:alert(1))", Link("javascript:alert(1)", "", "javascript"), id="javascript"),
        pytest.param("[r](/rel/ative)", Link("/rel/ative", ""), id="the same site"),
        pytest.param("http://[::1]/", Link("http://[::1]/", "::1", "http"), id="IPv6"),
    ],
)  # fmt: skip
def test_a_link_is_found_with_its_host(text: str, expected: Link) -> None:
    assert links(text) == [expected]


@pytest.mark.parametrize(
    "text",
    """
john@example.com
README.md, setup.py and node.js
src/main.py/x
os.path.join and self.app.run()
e.g. this, i.e. that, the U.S.A. and 3.14
done.In fact it.Is
ASP.NET and socket.io
`code.com/x`
```code.com```
f[i](x)
10.0.0.1/24
and/or this/that
https://
🎉
""".strip().splitlines(),
)
def test_other_points_and_slashes_are_no_links(text: str) -> None:
    assert links(text) == []


def test_a_link_whose_text_names_another_host_is_two_links() -> None:
    assert links("[https://good.com](https://evil.com)") == [
        Link("https://good.com", "good.com", "https"),
        Link("https://evil.com", "evil.com", "https"),
    ]


def test_the_same_link_is_listed_once() -> None:
    assert links("a.com/x, then a.com/x") == [Link("a.com/x", "a.com")]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("EXAMPLE.com.", "example.com"), ("b\u00fccher.de", "xn--bcher-kva.de"), ("..", ""), ("a" * 70, "a" * 70)],
)
def test_a_domain_is_compared_in_lower_case_and_punycode(name: str, expected: str) -> None:
    assert domain(name) == expected


@pytest.mark.parametrize(
    ("after", "piece"),
    [
        ("", "lorem ipsum dolor "), ("", "https://"), ("", "a."), ("", "[a]("), ("", "evil.com "), ("", "]("),
        ("https://a", ")"), ("http://", "a@"), ("", '](x "'), ("](", "("), ("<a", " href"), ("](", " "), ("", "`a``"),
    ],
)  # fmt: skip
def test_a_long_text_is_read_in_proportion(after: str, piece: str) -> None:
    assert growth(links, repeated(piece, after)) < LIMIT
