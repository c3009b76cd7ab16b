"""The outcome of each test, written to a file as it happens: a process that is killed leaves what it had."""

from __future__ import annotations

import json
import re
import unittest
from pathlib import Path
from typing import Any, Final

_ADDRESS: Final = re.compile(r"0x[0-9a-f]{6,}")
_MESSAGE: Final = 20_000
_file: list[Path] = []


def begin(path: str) -> None:
    """Record those of unittest from now on; pytest's come from `pytest_recorder`."""
    _file.append(Path(path))
    result: Any = unittest.TestResult
    for method, outcome in (
        ("addSuccess", "passed"),
        ("addError", "failed"),
        ("addFailure", "failed"),
        ("addSkip", "skipped"),
        ("addExpectedFailure", "failed as expected"),
        ("addUnexpectedSuccess", "passed unexpectedly"),
    ):
        setattr(result, method, _recording(getattr(result, method), outcome))
    result.addSubTest = _recording_parts(result.addSubTest)


def record(test: str, outcome: str, message: str = "") -> None:
    """Note one; a test may have several, of which the worst counts."""
    line = {"test": _ADDRESS.sub("0x…", test), "outcome": outcome, "message": message[-_MESSAGE:]}
    with _file[0].open("a", encoding="utf-8", errors="backslashreplace") as file:
        file.write(f"{json.dumps(line)}\n")


def _recording(method: Any, outcome: str) -> Any:
    def recording(self: Any, test: Any, *details: Any) -> Any:
        answer = method(self, test, *details)
        record(test.id(), outcome, _text(self, test, *details))
        return answer

    return recording


def _recording_parts(method: Any) -> Any:
    def recording(self: Any, test: Any, part: Any, error: Any) -> Any:
        answer = method(self, test, part, error)
        if error is not None:
            record(test.id(), "failed", f"{part.id()}\n{_text(self, part, error)}")
        return answer

    return recording


def _text(result: Any, test: Any, *details: Any) -> str:
    if details and isinstance(details[0], tuple):
        text: str = result._exc_info_to_string(details[0], test)
        return text
    return str(details[0]) if details else ""
