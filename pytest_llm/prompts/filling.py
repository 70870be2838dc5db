"""Variables put into a text, by ``str.format`` or Jinja2, with errors that name file, line and variable."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from string import Formatter
from typing import Any

from pytest_llm.errors import MissingExtraError, PromptError
from pytest_llm.paths import shown
from pytest_llm.prompts.file import PromptFile, Section
from pytest_llm.text import and_list, short

__all__ = ["filled"]


def filled(file: PromptFile, variables: Mapping[str, object]) -> tuple[list[str], dict[str, str], set[str]]:
    """Return the text of each message, the sources that they were made from by name, and the variables' names.

    Raises ``PromptError`` for a missing variable and for bad syntax, ``MissingExtraError`` without Jinja2.
    """
    if file.syntax == "jinja":
        return _by_jinja(file, variables)
    texts = [_formatted(file, section, variables) for section in file.sections]
    names = {name for section in file.sections for name, _ in _fields(file, section)}
    return texts, {}, names


def _formatted(file: PromptFile, section: Section, variables: Mapping[str, object]) -> str:
    for name, line in _fields(file, section):
        if name not in variables:
            raise _missing(file, line, name, variables)
    try:
        return Formatter().vformat(section.text, (), variables)
    except (KeyError, ValueError, AttributeError, IndexError, TypeError) as error:
        raise PromptError(f"{shown(file.path)}: line {section.line}: {short(str(error), 90)}.") from None


def _fields(file: PromptFile, section: Section) -> list[tuple[str, int]]:
    """Return the variables of a text, each with its line."""
    found, line = [], section.line
    for number, text in enumerate(section.text.split("\n")):
        line = section.line + number
        try:
            names = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
        except ValueError as error:
            raise _braces(file, line, short(text, 60), str(error)) from None
        for name in names:
            root = re.split(r"[.\[]", name, maxsplit=1)[0]
            if not root.isidentifier():
                raise _braces(file, line, short("{" + name + "}", 60), "that is no name of a variable")
            found.append((root, line))
    return found


def _braces(file: PromptFile, line: int, said: str, why: str) -> PromptError:
    return PromptError(
        f"{shown(file.path)}: line {line}: {said!r}: {why}. Write braces that are text twice, {{{{ and }}}}, "
        "or let Jinja2 fill the file: syntax: jinja in its front matter."
    )


def _missing(file: PromptFile, line: int, name: str, variables: Collection[str]) -> PromptError:
    given = f"Given: {and_list([repr(one) for one in variables])}." if variables else "None is given."
    return PromptError(f"{shown(file.path)}: line {line} needs the variable {name!r}. {given}")


def _by_jinja(file: PromptFile, variables: Mapping[str, object]) -> tuple[list[str], dict[str, str], set[str]]:
    try:
        import jinja2
        from jinja2 import meta
    except ImportError:
        raise MissingExtraError(
            f"{shown(file.path)} is filled by Jinja2, which is not installed: "
            'pip install "pytest-llm-regression[prompts]"'
        ) from None
    included: dict[str, str] = {}
    loader = jinja2.FunctionLoader(lambda name: _source(file, name, included))
    environment = jinja2.Environment(
        loader=loader, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
    )
    texts, names = [], set[str]()
    for section in file.sections:
        try:
            names |= meta.find_undeclared_variables(environment.parse(section.text))
            texts.append(environment.from_string(section.text).render(variables))
        except jinja2.TemplateSyntaxError as error:
            raise PromptError(f"{_place(file, section, error)}: {error.message}.") from None
        except jinja2.TemplateNotFound as error:
            raise PromptError(f"{shown(file.path)} includes {str(error)!r}, which is not beside it.") from None
        except jinja2.UndefinedError as error:
            name = next((one for one in sorted(names) if one not in variables and repr(one) in str(error)), None)
            if name is not None:
                raise _missing(file, _line_of(section, name), name, variables) from None
            raise PromptError(f"{shown(file.path)}: {error}.") from None
    for source in included.values():
        names |= meta.find_undeclared_variables(environment.parse(source))
    return texts, included, names


def _source(file: PromptFile, name: str, included: dict[str, str]) -> Any:
    path = file.path.parent / name
    if not path.is_file():
        return None
    included[name] = path.read_text(encoding="utf-8")
    return included[name]


def _place(file: PromptFile, section: Section, error: Any) -> str:
    if error.name:  # of a file that is included
        return f"{shown(file.path.parent / error.name)}: line {error.lineno}"
    return f"{shown(file.path)}: line {section.line + error.lineno - 1}"


def _line_of(section: Section, name: str) -> int:
    lines = section.text.split("\n")
    return section.line + next((i for i, line in enumerate(lines) if re.search(rf"\b{re.escape(name)}\b", line)), 0)
