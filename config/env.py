"""The only reader of the environment for settings and stacks: every variable, its type and its default."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class MissingVariableError(RuntimeError):
    """Raised when a variable that has no default is not set; the message says which and how to set it."""


def text(name: str, default: str | None = None) -> str:
    """The variable as text; without a default it must be set and not be empty."""
    value = os.environ.get(name) or default
    if value is None:
        raise MissingVariableError(f"The environment variable {name} is not set. Set it, or start through manage.py.")
    return value


def flag(name: str, default: bool = False) -> bool:
    """The variable as a truth value: 1, true, yes, on (any case) are true; 0, false, no, off are false."""
    value = os.environ.get(name, "").strip().lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    if value == "":
        return default
    raise MissingVariableError(f"{name}={value!r} is not a truth value; use 1 or 0.")


def words(name: str, default: str = "") -> list[str]:
    """The variable as a list: comma separated, blanks dropped."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def state_folder() -> Path:
    """Where this project keeps what it makes: service data, locks, logs, results (ignored by git)."""
    return Path(os.environ.get("PERFCOMPARE_STATE") or ROOT / ".perfcompare")
