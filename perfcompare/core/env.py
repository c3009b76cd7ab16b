"""The only reader of the environment for settings and stacks: every variable, its type and its default."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from perfcompare.core.errors import UsageError

ROOT = Path(__file__).resolve().parents[2]
SETTINGS: Final = "config.settings."
WHOLE: Final = ("local", "production", "test", "bench", "profile")
"""Its modules that work as DJANGO_SETTINGS_MODULE."""
_RATE: Final = re.compile(r"[1-9]\d*/(second|minute|hour|day)")


class VariableError(UsageError):
    """Raised when a variable is missing or has a bad value. The message names it, and the allowed values."""


def text(name: str, default: str | None = None) -> str:
    """The variable as text. Without a default it must be set and not be empty."""
    value = os.environ.get(name) or default
    if value is None:
        raise VariableError(f"The environment variable {name} is not set. Set it, or start through manage.py.")
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
    raise VariableError(f"{name}={os.environ[name]} is neither true nor false. Set it to 1 or 0, or unset it.")


def words(name: str, default: str = "") -> list[str]:
    """The variable as a list: comma separated, blanks dropped."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def rate(name: str) -> str:
    """The variable as a rate such as `1000/hour`; empty when it is not set."""
    value = os.environ.get(name, "").strip()
    if value and not _RATE.fullmatch(value):
        raise VariableError(
            f"{name}={value} is not a rate. Set it to a number of requests per second, minute, hour or day, "
            "for example 1000/hour, or unset it."
        )
    return value


def settings_module(environ: Mapping[str, str]) -> str:
    """The settings module for manage.py: from DJANGO_SETTINGS_MODULE, else the development settings.

    The variable has no effect when it names settings of another project.
    """
    named = environ.get("DJANGO_SETTINGS_MODULE", "")
    if not named.startswith(SETTINGS):
        return f"{SETTINGS}local"
    if named.removeprefix(SETTINGS) not in WHOLE:
        raise VariableError(
            f"DJANGO_SETTINGS_MODULE={named} does not name settings of this project. Choose one of: "
            f"{', '.join(f'{SETTINGS}{one}' for one in WHOLE)}. The default is {SETTINGS}local."
        )
    return named


def state_folder() -> Path:
    """The folder for everything this project makes: service data, locks, logs, results (ignored by git)."""
    return Path(os.environ.get("PERFCOMPARE_STATE") or ROOT / ".perfcompare")
