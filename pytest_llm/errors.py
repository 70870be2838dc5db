"""The exceptions of pytest_llm.

::

    Exception
    └── LLMError                      something of ours went wrong
        ├── CassetteError             a cassette cannot be read or written
        ├── SnapshotError             a snapshot cannot be read or written
        ├── PromptError               a prompt file cannot be found, read or filled
        ├── MissingExtraError         an optional package is needed
        ├── ConfigurationError        an option, marker or argument has a wrong value
        └── UngradedError             a judge did not answer in its format
    BaseException
    └── LLMOutcome                    ends the test, past every ``except Exception``
        ├── CassetteMissError         a request has no recording
        ├── BudgetExceededError       a live call would exceed the budget
        └── UninterceptedCallError    provider traffic that can be neither replayed nor recorded

The outcomes derive from ``BaseException``, as pytest's own do: an SDK that retries on every exception of
its transport, or an application that falls back, must not be able to swallow them.
"""

from __future__ import annotations

__all__ = [
    "BudgetExceededError",
    "CassetteError",
    "CassetteMissError",
    "ConfigurationError",
    "LLMError",
    "LLMOutcome",
    "MissingExtraError",
    "PromptError",
    "SnapshotError",
    "UngradedError",
    "UninterceptedCallError",
]


class LLMError(Exception):
    """The base of every ordinary error this package raises."""


class CassetteError(LLMError):
    """A cassette or journal cannot be read or written; the message names the file, the line and the remedy."""


class SnapshotError(LLMError):
    """A snapshot cannot be read or written; the message names the file, the line and the remedy."""


class PromptError(LLMError):
    """A prompt file cannot be found, read or filled; the message names the file, the line and what is missing."""


class MissingExtraError(LLMError):
    """An optional package is not installed; the message names the extra to install."""


class ConfigurationError(LLMError):
    """An option, marker or argument has a value that cannot be used; the message lists the valid ones."""


class UngradedError(LLMError):
    """There is no grade, which is no grade of zero: a judge did not answer in its format, or is not to be trusted."""


class LLMOutcome(BaseException):
    """The base of what ends a test whatever the code under test catches."""


class CassetteMissError(LLMOutcome):
    """No recording answers this request; the message names the nearest one, what differs, and the command."""


class BudgetExceededError(LLMOutcome):
    """A live call was refused because it could exceed ``--llm-max-calls`` or ``--llm-max-cost``."""


class UninterceptedCallError(LLMOutcome):
    """A provider was about to be called where that can be neither replayed nor recorded; nothing was sent.

    Over an HTTP stack that is not intercepted, or from a thread that cannot be told to belong to a trial.
    """
