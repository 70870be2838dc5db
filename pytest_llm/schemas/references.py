"""Every reference of a schema, followed before anything is checked: within it and into local files, never further."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit
from urllib.request import url2pathname

from pytest_llm.errors import ConfigurationError, MissingExtraError
from pytest_llm.schemas.files import loaded
from pytest_llm.schemas.violations import nearest
from pytest_llm.text import short

__all__ = ["followed", "pointed"]

_KEYWORDS = ("$ref", "$dynamicRef", "$recursiveRef")


def followed(
    name: str,
    contents: Any,
    specification: Any,
    check: Callable[[Any], None],
    *,
    path: Path | None = None,
    fragment: str = "",
    registry: Any = None,
) -> tuple[Any, str]:
    """Return a registry of all that a schema refers to, and the schema's address in it.

    ``check`` is called with every schema that is referred to. Raises ``ConfigurationError`` for a reference that
    leads nowhere, or to the network.
    """
    from jsonschema_specifications import REGISTRY  # type: ignore[import-untyped]
    from referencing import Registry

    make: Any = Registry

    if not fragment:
        check(contents)  # first: what is no schema cannot be searched for references
    root = specification.create_resource(contents)
    base, retrieve, kept = _address(root, path, specification)
    known = REGISTRY.combine(make(retrieve=retrieve) if registry is None else registry)
    known = known.with_resource(base, root).crawl()
    _follow(name, known.resolver(base), specification, f"#{fragment}" if fragment else base, check)
    return known.with_resources(kept.items()).crawl() if kept else known, f"{base}#{fragment}" if fragment else base


def _address(root: Any, path: Path | None, specification: Any) -> tuple[str, Callable[[str], Any], dict[str, Any]]:
    """Return the URI of a schema, what loads its neighbours, and those loaded."""
    from referencing import Resource
    from referencing.exceptions import NoSuchResource

    absent: Any = NoSuchResource

    kept: dict[str, Any] = {}
    here = "" if path is None else path.resolve().as_uri()
    base = urljoin(here, root.id() or "") if isinstance(root.contents, dict) else here
    # The $id of a schema in a file is often an address where it will be published, beside its neighbours.
    published, folder = base.rpartition("/")[0] + "/", here.rpartition("/")[0] + "/"

    def retrieve(uri: str) -> Any:
        local = folder + uri.removeprefix(published) if here and uri.startswith(published) else uri
        if urlsplit(local).scheme != "file":
            raise absent(ref=uri)
        file = Path(url2pathname(urlsplit(local).path))
        if uri != local and not file.is_file():
            raise ConfigurationError(
                f"There is no file {file.name!r} beside the schema, and nothing is fetched from {uri!r}."
            )
        kept[uri] = Resource.from_contents(loaded(file), default_specification=specification)
        return kept[uri]

    return base, retrieve, kept


def _follow(name: str, resolver: Any, specification: Any, start: str, check: Callable[[Any], None]) -> None:
    seen: set[int] = set()
    keep: list[Any] = []  # what an id belongs to must not go away
    refs = [(resolver, start)]
    while refs:
        resolver, ref = refs.pop()
        resolved = _resolved(name, resolver, ref)
        keep.append(resolved)
        if id(resolved.contents) not in seen:
            check(resolved.contents)
            refs += _refs(name, resolved.contents, resolved.resolver, specification, seen)


def _resolved(name: str, resolver: Any, ref: str) -> Any:
    from referencing.exceptions import PointerToNowhere, Unresolvable

    try:
        return resolver.lookup(ref)
    except PointerToNowhere as error:
        raise ConfigurationError(f"{name} refers to {ref!r}, which is not there{_hint(error, ref)}") from None
    except Unresolvable as error:
        ours = error.__cause__ and error.__cause__.__cause__  # under referencing's "unretrievable"
        if isinstance(ours, MissingExtraError):
            raise ours from None
        if isinstance(ours, ConfigurationError):
            raise ConfigurationError(f"{name} refers to {ref!r}. {ours}") from None
        raise ConfigurationError(f"{name} refers to {ref!r}, {_unreachable(ref)}") from None


def _refs(name: str, contents: Any, resolver: Any, specification: Any, seen: set[int]) -> Iterator[tuple[Any, str]]:
    """Return the references within a schema, each with the resolver of its place."""
    todo = [(contents, resolver)]
    while todo:
        schema, resolver = todo.pop()
        if not isinstance(schema, dict) or id(schema) in seen:
            continue
        seen.add(id(schema))
        _check_patterns(name, schema.get("patternProperties", ()))
        yield from ((resolver, ref) for key in _KEYWORDS if isinstance(ref := schema.get(key), str))
        for inner in specification.create_resource(schema).subresources():
            if isinstance(inner.contents, dict):
                todo.append((inner.contents, resolver.in_subresource(inner)))


def _check_patterns(name: str, patterns: Iterable[str]) -> None:
    """Refuse what would raise in the middle of a comparison: no metaschema before draft 6 looks at these keys."""
    for pattern in patterns:
        try:
            re.compile(pattern)
        except re.error as error:
            raise ConfigurationError(
                f"{name} has the pattern {pattern!r} in patternProperties, which is no regular expression of "
                f"Python's: {error.msg}."
            ) from None


def _unreachable(ref: str) -> str:
    scheme = urlsplit(ref).scheme
    if scheme in ("http", "https"):
        return "and nothing is fetched from the network. Save that schema in a file and refer to the file."
    if not scheme and not ref.startswith("#") and ref:
        return "and a schema that is no file has no folder to look in. Give the path of the schema's file instead."
    return "which is not there."


def _hint(error: Any, ref: str) -> str:
    """Name the neighbour that is most like what a pointer missed."""
    *steps, last = unquote(ref.partition("#")[2]).split("/")[1:] or [""]
    place = pointed(error.resource.contents, steps)
    near = nearest(last, map(str, place)) if isinstance(place, dict) else None
    if near is not None:
        return f"; did you mean {near!r}?"
    return f" (there are {short(', '.join(map(str, place)), 80)})." if isinstance(place, dict) and place else "."


def pointed(contents: Any, steps: list[str]) -> Any:
    """Return what the steps of a JSON pointer lead to; None when they lead nowhere."""
    for step in steps:
        key = step.replace("~1", "/").replace("~0", "~")
        if isinstance(contents, list) and key.isdigit() and int(key) < len(contents):
            contents = contents[int(key)]
        else:
            contents = contents.get(key) if isinstance(contents, dict) else None
    return contents
