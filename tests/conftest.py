"""What every test may use."""

from __future__ import annotations

from contextlib import suppress
from importlib import import_module

pytest_plugins = ["pytester"]

# pytester forgets what an inner run imports first; a stack imported twice no longer knows its own exceptions.
for stack in (
    "anyio._backends._asyncio",
    "trio",
    "httpcore",
    "httpx",
    "httpcore2",
    "httpx2",
    "aiohttp",
    "urllib3",
    "openai",
    "numpy",
    "numpy.fft",
    "numpy.random",
):
    with suppress(ImportError):
        import_module(stack)

# By the clock hypothesis finds fault with an example that a busy machine takes long to draw or to run.
with suppress(ImportError):
    from hypothesis import HealthCheck, settings

    settings.register_profile("patient", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("patient")
