"""A project under test in a folder of its own, and the provider that it calls."""

from __future__ import annotations

import os
import pkgutil
import threading
from collections.abc import Iterator
from importlib import import_module

import openai
import openai.resources.chat.completions
import openai.resources.embeddings
import pytest
import scipy.special
import scipy.stats

import pytest_llm

from .project import Project
from .server import Provider

# pytester forgets what an in-process run has imported; what is here already it keeps, and so is fast.
assert openai.OpenAI
assert scipy.stats
for _module in pkgutil.walk_packages(pytest_llm.__path__, "pytest_llm."):
    import_module(_module.name)


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give every test an environment without keys, proxies and continuous integration."""
    for name in list(os.environ):
        upper = name.upper()
        if upper.endswith(("_API_KEY", "_PROXY", "_BASE_URL")) or upper in ("CI", "PYTEST_ADDOPTS", "COLUMNS"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("COLUMNS", "200")


@pytest.fixture
def provider() -> Iterator[Provider]:
    """Serve an OpenAI-like API on loopback."""
    with Provider() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def project(pytester: pytest.Pytester, provider: Provider, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Give a project whose model is served by ``provider``."""
    monkeypatch.chdir(pytester.path)
    project = Project(pytester, provider)
    project.ini()
    return project
