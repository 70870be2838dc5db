"""The terminal of a reviewer: single keys where there is a tty, lines elsewhere; its size and its colours."""

from __future__ import annotations

import os
import select
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TextIO

from pytest_llm.cli.layout import Layout

__all__ = ["EndOfInputError", "Terminal"]

_ON = (" ", "\r", "\n")


class EndOfInputError(Exception):
    """Nobody types any more."""


class Terminal:
    """Where a review is shown and keys are pressed."""

    def __init__(self, keys: TextIO, screen: TextIO, environ: Mapping[str, str] = os.environ) -> None:
        self._keys = keys
        self._screen = screen
        dumb = environ.get("TERM", "dumb") == "dumb"
        self.is_screen = screen.isatty() and not dumb
        self._has_colour = self.is_screen and not environ.get("NO_COLOR")
        self._single = keys.isatty() and sys.platform != "win32"
        self._measured = self.size

    @property
    def size(self) -> os.terminal_size:
        """The columns and lines of the screen now."""
        if self._screen.isatty():
            try:
                found = os.get_terminal_size(self._screen.fileno())
            except OSError:
                found = os.terminal_size((0, 0))
            if found.columns > 0 and found.lines > 0:
                return found
        return shutil.get_terminal_size()

    @property
    def layout(self) -> Layout:
        """How lines are laid out on the screen as it is now; ``key`` tells when it is another."""
        self._measured = self.size
        return Layout(max(20, self._measured.columns), self._has_colour)

    def write(self, text: str = "", end: str = "\n") -> None:
        """Write a line; what the screen's encoding does not have is replaced."""
        encoding = self._screen.encoding or "utf-8"
        self._screen.write((text + end).encode(encoding, "replace").decode(encoding))
        self._screen.flush()

    def clear(self) -> None:
        """Empty the screen, where it is one."""
        if self.is_screen:
            self.write("\x1b[H\x1b[2J", end="")

    def draw(self, lines: Sequence[str], prompt: str) -> None:
        """Show a screen: what was there goes, and so do keys that were pressed before it could be read."""
        self.clear()
        for line in lines:
            self.write(line)
        self._forget_keys()
        self.write(prompt, end="" if self.is_screen else "\n")

    def key(self) -> str:
        """Return the next key, "" when the screen was resized and has to be drawn again.

        Raises ``EndOfInputError`` when there will be none.
        """
        if not self._single:
            return self.ask("")[:1] or " "
        while not select.select([self._keys], [], [], 0.2)[0]:
            if self.size != self._measured:
                return ""
        pressed = os.read(self._keys.fileno(), 64).decode("utf-8", "replace")
        if pressed in ("", "\x04"):
            raise EndOfInputError
        return pressed[:1]  # of the sequence that an arrow sends only the escape

    def ask(self, prompt: str) -> str:
        """Return a line that is typed; raises ``EndOfInputError`` when there will be none."""
        if self._single:
            with self._mode(single=False):
                self.write(prompt, end="")
                typed = os.read(self._keys.fileno(), 8192).decode("utf-8", "replace")
        else:
            self.write(prompt, end="")
            typed = self._keys.readline()
        if not typed:
            raise EndOfInputError
        return typed.strip()

    def page(self, lines: Sequence[str]) -> None:
        """Show lines, a screen at a time."""
        if not self.is_screen or not self._single:
            for line in lines:
                self.write(line)
            return
        start = 0
        while True:
            self._measured = self.size
            room = max(1, self._measured.lines - 1)
            more = len(lines) - start - room
            prompt = f"-- {more} more: space, u up, q done --" if more > 0 else "-- all: u up, q done --"
            self.draw(lines[start : start + room], prompt)
            pressed = self.key()
            if pressed == "u":  # a key of the review itself, as b for bad, does nothing here
                start = max(0, start - room)
            elif pressed == "q" or (pressed in _ON and more <= 0):
                return
            elif pressed in _ON:
                start += room

    def _forget_keys(self) -> None:
        if self._single:
            import termios

            termios.tcflush(self._keys.fileno(), termios.TCIFLUSH)

    def pressing(self) -> AbstractContextManager[None]:
        """Give keys as they are pressed, unechoed, where there is a tty; it is as it was in the end."""
        return self._mode(single=True) if self._single else nullcontext()

    @contextmanager
    def _mode(self, *, single: bool) -> Iterator[None]:
        """Have keys one by one, or lines that are echoed, for a while."""
        import termios

        keys = self._keys.fileno()
        before = termios.tcgetattr(keys)
        now = termios.tcgetattr(keys)
        bits = termios.ICANON | termios.ECHO
        now[3] = now[3] & ~bits if single else now[3] | bits
        try:
            termios.tcsetattr(keys, termios.TCSADRAIN, now)
            yield
        finally:
            termios.tcsetattr(keys, termios.TCSADRAIN, before)
