"""Notices modules that are imported while interception is on, so that they are patched too."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

__all__ = ["Watcher"]


class Watcher(MetaPathFinder):
    """A finder that calls ``imported(module)`` after one of the modules ``names`` has been executed."""

    def __init__(self, names: Collection[str], imported: Callable[[ModuleType], None]) -> None:
        self.names = names
        self.imported = imported

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Find one of our modules by the other finders and have its execution followed by ours."""
        if name not in self.names:
            return None
        for finder in sys.meta_path:
            if finder is self or not hasattr(finder, "find_spec"):
                continue
            spec = finder.find_spec(name, path, target)
            if spec is not None and spec.loader is not None:
                spec.loader = _Following(spec.loader, self.imported)
                return spec
        return None


class _Following(Loader):
    """Stands in for the real loader until it has executed the module."""

    def __init__(self, loader: Loader, imported: Callable[[ModuleType], None]) -> None:
        self.loader = loader
        self.imported = imported

    def __getattr__(self, name: str) -> object:
        return getattr(self.loader, name)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self.loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        module.__loader__ = self.loader
        if module.__spec__ is not None:
            module.__spec__.loader = self.loader
        self.loader.exec_module(module)
        self.imported(module)
