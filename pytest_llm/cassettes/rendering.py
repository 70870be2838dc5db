"""JSON as a person reads it in a pull request: what fits one line stands on one line."""

from __future__ import annotations

import json

__all__ = ["render"]

WIDTH = 110
_ONE_LINE_EACH = frozenset({"events"})


def render(value: object, indent: int = 0, key: str = "") -> str:
    """Return pretty-printed JSON: what fits stays on one line, neighbours that are short share one."""
    flat = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or not value or indent + len(flat) <= WIDTH or _is_vector(value):
        return flat
    pad = " " * (indent + 2)
    if isinstance(value, dict):
        items = [
            f"{json.dumps(name, ensure_ascii=False)}: {render(item, indent + 2, name)}" for name, item in value.items()
        ]
        return "{\n" + pad + f"\n{pad}".join(_filled(items, WIDTH - indent - 2)) + "\n" + " " * indent + "}"
    if key in _ONE_LINE_EACH:
        items = [pad + json.dumps(item, ensure_ascii=False) for item in value]
    elif len(value) == 1 and isinstance(value[0], dict):
        return f"[{render(value[0], indent)}]"
    else:
        items = [pad + render(item, indent + 2) for item in value]
    return "[\n" + ",\n".join(items) + "\n" + " " * indent + "]"


def _filled(items: list[str], width: int) -> list[str]:
    """Return lines of items, each followed by its comma; only items of one line share a line."""
    lines: list[str] = []
    for index, item in enumerate(items):
        ended = item if index == len(items) - 1 else f"{item},"
        if lines and "\n" not in lines[-1] and "\n" not in ended and len(lines[-1]) + len(ended) < width:
            lines[-1] += f" {ended}"
        else:
            lines.append(ended)
    return lines


def _is_vector(value: object) -> bool:
    return isinstance(value, list) and all(type(item) in (int, float) for item in value)
