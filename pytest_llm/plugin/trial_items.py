"""The item that a trial runs: the test's own again, or copies with fixtures of their own that live side by side."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import replace
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any

import pytest

from pytest_llm.plugin.stash import HOST, TRIAL

if TYPE_CHECKING:
    from pytest_llm.plugin.trial import Trial

__all__ = ["again", "beside", "obstacle", "run_unreported", "sibling"]

_ONE_AT_A_TIME = ("capsys", "capfd", "capsysbinary", "capfdbinary", "capteesys", "caplog", "monkeypatch", "recwarn")
_OWN_LOOP = "_function_scoped_runner"  # of pytest-asyncio


def again(item: pytest.Function) -> pytest.Function:
    """Return the item made ready to be run once more, with fresh fixtures and a fresh instance of its class."""
    if not item._request:
        item._initrequest()
    _forget_instance(item)
    return item


def beside(item: pytest.Function) -> pytest.Function:
    """Return a copy that can be set up while others are: its function-scoped fixtures are its own."""
    twin = copy.copy(item)
    twin.stash = twin._store = _copied(item.stash)
    twin._report_sections = []
    _forget_instance(twin)
    twin._fixtureinfo = replace(item._fixtureinfo, name2fixturedefs=_OwnFixtures(item))
    twin._initrequest()
    return twin


def sibling(item: pytest.Function) -> pytest.Function:
    """Return what stands for the next test while a trial is torn down: all but its own fixtures stay."""
    return copy.copy(item)


def run_unreported(trial: Trial, item: pytest.Function, nextitem: pytest.Item | None) -> None:
    """Run a trial, setup and teardown included; nothing of it is reported, and the item is left as it was."""
    from _pytest.runner import call_and_report

    item.stash[TRIAL] = trial
    host: Any = item.config.stash[HOST]()
    host.pytest_runtest_logstart(nodeid=item.nodeid)
    try:
        if call_and_report(item, "setup", log=False).passed:
            call_and_report(item, "call", log=False)
        call_and_report(item, "teardown", log=False, nextitem=nextitem)
    finally:
        host.pytest_runtest_logfinish()
        del item.stash[TRIAL]
        item._request, item.funcargs = False, None  # type: ignore[assignment]


def obstacle(item: pytest.Function) -> str:
    """Return why bodies of this test cannot run at the same time; "" when they can."""
    if patched := [name for name in item.fixturenames if name in _ONE_AT_A_TIME]:
        return f"{patched[0]} is one for the whole process"
    if iscoroutinefunction(item.function) and _OWN_LOOP not in _names_with_loop(item):
        return "its trials share an event loop"
    return ""


def _names_with_loop(item: pytest.Function) -> Sequence[str]:
    scope = getattr(item, "_loop_scope", None)
    return [*item.fixturenames, *([f"_{scope}_scoped_runner"] if scope else [])]


def _forget_instance(item: Any) -> None:
    if getattr(item, "_instance", None) is not None:
        del item._instance
        item._obj = None


def _copied(stash: pytest.Stash) -> pytest.Stash:
    fresh = pytest.Stash()
    fresh._storage = dict(stash._storage)
    return fresh


class _OwnFixtures(dict[str, Sequence[Any]]):
    """The fixture definitions of an item, copied where a value lives as long as the test."""

    def __init__(self, item: pytest.Function) -> None:
        self._manager, self._item = item.session._fixturemanager, item
        super().__init__({name: _own(found) for name, found in item._fixtureinfo.name2fixturedefs.items()})

    def get(self, name: str, default: Any = None) -> Any:
        """Return the definitions of a name, also of one that is asked for while the test runs."""
        if name not in self and (found := self._manager.getfixturedefs(name, self._item)) is not None:
            self[name] = _own(found)
        return super().get(name, default)


def _own(definitions: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(_copy_of(one) if one.scope == "function" else one for one in definitions)


def _copy_of(definition: Any) -> Any:
    own = copy.copy(definition)
    own.cached_result, own._finalizers = None, []
    return own
