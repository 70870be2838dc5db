"""Every public name is importable and documented, and importing the package costs nothing heavy."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import pytest_llm

ROOT = Path(pytest_llm.__file__).parent
HEAVY = ("openai", "httpx2", "httpx", "numpy", "scipy", "torch", "hypothesis", "anyio", "rapidfuzz", "jsonschema")


@pytest.mark.parametrize("name", pytest_llm.__all__)
def test_a_public_name_is_importable_and_documented(name: str) -> None:
    found = getattr(pytest_llm, name)

    assert found.__name__ == name
    assert found.__module__.startswith("pytest_llm.")
    assert inspect.getdoc(found)


def test_public_names_are_sorted_and_listed_by_dir() -> None:
    assert pytest_llm.__all__ == sorted(pytest_llm.__all__)
    assert set(pytest_llm.__all__) <= set(dir(pytest_llm))


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match=r"^module 'pytest_llm' has no attribute 'Cassete'$"):
        _ = pytest_llm.Cassete  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_public_function_and_class_has_a_docstring(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))

    assert ast.get_docstring(tree)
    assert [name for name, node in public(tree) if not ast.get_docstring(node)] == []


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_module_says_is_public_exists_in_it(path: Path) -> None:
    dotted = ".".join(path.relative_to(ROOT.parent).with_suffix("").parts).removesuffix(".__init__")
    module = __import__(dotted, fromlist=["*"])

    assert [name for name in getattr(module, "__all__", ()) if not hasattr(module, name)] == []


def public(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]]:
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            yield node.name, node


@pytest.mark.parametrize("module", ["pytest_llm", "pytest_llm.plugin", "pytest_llm.hookspecs"])
def test_importing_it_imports_nothing_heavy(module: str) -> None:
    script = f"import sys, {module}; print(*sorted(set({HEAVY!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout == "\n"
