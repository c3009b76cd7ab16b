"""Why the project answers with an error, in one line: what it raised, as it printed it, else what the answer says."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final, Self

from perfcompare.core.http import Reply

_FIRST_FAULT: Final = 500
_TRACEBACK: Final = "Traceback (most recent call last):"
_EXCERPT: Final = 150


@dataclass(frozen=True, kw_only=True)
class Printed:
    """What a process writes into a file from now on."""

    file: Path
    begin: int

    @classmethod
    def after(cls, file: Path) -> Self:
        """What comes after that which is there."""
        return cls(file=file, begin=file.stat().st_size if file.exists() else 0)

    @property
    def exception(self) -> str:
        """`ValueError: no price`: the last exception in it, by the first line of its message; empty without one."""
        if not self.file.exists():
            return ""
        with self.file.open("rb") as text:
            text.seek(self.begin)
            _, found, after = text.read().decode(errors="replace").rpartition(_TRACEBACK)
        lines = after.splitlines() if found else []
        return next((line for line in lines if line.strip() and not line[0].isspace()), "")


def said(reply: Reply, printed: Printed) -> str:
    """The status and the reason: `500: ValueError: no price`. `printed` began before the request was sent."""
    raised = printed.exception if reply.status >= _FIRST_FAULT else ""
    reason = raised or _of(reply)
    return f"{reply.status}: {reason[:_EXCERPT]}" if reason else str(reply.status)


def _of(reply: Reply) -> str:
    """An excerpt. A page for people says no more than its status; a redirection's target is the same with any query."""
    if target := reply.headers.get("location", "").partition("?")[0]:
        return target
    if reply.headers.get("content-type", "").lower().startswith("text/html"):
        return next((one.phrase for one in HTTPStatus if one == reply.status), "")
    return " ".join(reply.body.decode(errors="replace").split())
