"""The house: an import may only point to a lower floor, and heavy or foreign packages wait inside functions."""

from __future__ import annotations

import ast
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "pytest_llm"
FLOORS = tuple(
    set(rooms.split())
    for rooms in (
        "errors fingerprint host http messages paths schemas streams text tool_results",
        "budget cassettes dialects drift embedders judges local metrics prices prompts snapshots stats wire",
        "billing client expectations judging lookup origins payloads player readings recorder reviewing sample "
        "strategies studio trajectory",
        "hookspecs plugin cli __init__",
    )
)
ISLANDS = 1
STATS_USERS = {"drift", "judges", "snapshots"}  # the bridge between islands: they count, and stats are plain functions
MODULES = sorted(path.relative_to(ROOT.parent) for path in ROOT.rglob("*.py"))


def room(module: str) -> str:
    return [*module.split("."), "__init__"][1]


def floor(module: str) -> int:
    return next(number for number, rooms in enumerate(FLOORS) if room(module) in rooms)


def dotted(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def imports(nodes: list[ast.AST]) -> list[str]:
    found = [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    for node in nodes:
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and f"{node.module}/".startswith("pytest_llm"):
            below = [f"{node.module}.{alias.name}" for alias in node.names]
            found += [name for name in below if Path(name.replace(".", "/") + ".py") in MODULES]
    return found


def tree(path: Path) -> ast.Module:
    return ast.parse((ROOT.parent / path).read_text(encoding="utf-8"))


def at_import(path: Path) -> list[str]:
    """Return what a module imports when it is imported itself: not within functions, not for type checkers."""
    return imports([node for node in tree(path).body if isinstance(node, (ast.Import, ast.ImportFrom))])


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_an_import_points_to_a_lower_floor_or_stays_in_its_room(path: Path) -> None:
    mine = dotted(path)
    ours = [name for name in imports(list(ast.walk(tree(path)))) if name.startswith("pytest_llm.")]
    others = [name for name in ours if room(name) != room(mine)]
    allowed = floor(mine) - (floor(mine) == ISLANDS)
    bridge = {"stats"} if room(mine) in STATS_USERS else set()

    assert [name for name in others if floor(name) > allowed and room(name) not in bridge] == []


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_third_party_packages_are_imported_inside_functions(path: Path) -> None:
    known = {*sys.stdlib_module_names, "pytest_llm", *(("pytest",) if floor(dotted(path)) == 3 else ())}

    assert [name for name in at_import(path) if name.partition(".")[0] not in known] == []


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_nothing_prints(path: Path) -> None:
    names = [node.id for node in ast.walk(tree(path)) if isinstance(node, ast.Name)]

    assert "print" not in names


def test_modules_do_not_import_each_other_in_a_circle() -> None:
    graph = {dotted(path): {name for name in at_import(path) if name.startswith("pytest_llm")} for path in MODULES}
    for module, needed in graph.items():
        needed.discard(module)
        # A package's own `from package import submodule` needs the submodule, not the package that is being made.
        needed -= {name for name in needed if module.startswith(f"{name}.")}

    assert list(TopologicalSorter(graph).static_order())


def test_every_room_has_a_floor() -> None:
    assert {room(dotted(path)) for path in MODULES} == set().union(*FLOORS)
