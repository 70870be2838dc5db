"""What ends a trial without telling how good the model is: a transport error, a missing recording, no grade."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_llm.errors import LLMError, LLMOutcome
from pytest_llm.plugin.trial import Trial

__all__ = ["is_trouble"]

_TRANSPORT = frozenset(
    {
        ("aiohttp", "ClientError"),
        ("anthropic", "APIError"),
        ("botocore", "BotoCoreError"),
        ("botocore", "ClientError"),
        ("builtins", "ConnectionError"),
        ("builtins", "TimeoutError"),
        ("google", "APIError"),
        ("groq", "APIError"),
        ("httpcore", "NetworkError"),
        ("httpx", "HTTPError"),
        ("httpx2", "HTTPError"),
        ("openai", "APIError"),
        ("requests", "RequestException"),
        ("urllib3", "HTTPError"),
    }
)


def is_trouble(trial: Trial) -> bool:
    """Say whether what ended a trial is no answer to the question how often it passes."""
    error = trial.errors.get("call")
    if error is None:
        return False
    player = trial.player
    if player is not None and (player.outcomes or player.troubles or _refused(trial)):
        return True
    return any(isinstance(one, LLMError | LLMOutcome) or _is_transport(one) for one in _chain(error))


def _refused(trial: Trial) -> bool:
    """Say whether the provider's last answer to the trial was an error of its own."""
    timeline = trial.player.timeline if trial.player is not None else []
    return bool(timeline) and (timeline[-1][0]["status"] >= 500 or timeline[-1][0]["status"] in (401, 403, 408, 429))


def _is_transport(error: BaseException) -> bool:
    return any((kind.__module__.partition(".")[0], kind.__name__) in _TRANSPORT for kind in type(error).__mro__)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and those it was raised from."""
    seen: set[int] = set()
    found: BaseException | None = error
    while found is not None and id(found) not in seen:
        seen.add(id(found))
        yield found
        found = found.__cause__
