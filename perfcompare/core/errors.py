"""The errors that users see. Each message names the cause and the way out."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, TypeVar


class PerfcompareError(Exception):
    """Raised when the user must know or do something; never shown with a traceback.

    `exit_code` is the exit code of the command line: 1 failed, 2 usage, 3 wrong answers of a stack, 4 something is
    missing in the environment, 5 another run is under way.
    """

    exit_code: ClassVar[int] = 1


class UsageError(PerfcompareError):
    """Raised when an option names something that does not exist or cannot be combined."""

    exit_code: ClassVar[int] = 2


class WrongAnswerError(PerfcompareError):
    """Raised when a stack's answer differs from the contract. The stack is not timed then."""

    exit_code: ClassVar[int] = 3


class EnvironmentProblem(PerfcompareError):
    """Raised when a package, a port, a service or a limit of this machine prevents the work."""

    exit_code: ClassVar[int] = 4


class RunInProgressError(PerfcompareError):
    """Raised when another run is under way. Two runs at once would measure each other."""

    exit_code: ClassVar[int] = 5


class Interrupted(PerfcompareError):
    """Raised in the main thread when INT, TERM or HUP arrives; `signum` is the signal's number."""

    def __init__(self, signum: int) -> None:
        super().__init__(f"interrupted by signal {signum}")
        self.signum = signum


T = TypeVar("T")


def attempt(action: Callable[[], T]) -> T | PerfcompareError:
    """The result of `action`, or the PerfcompareError that it raises. Interrupted passes through."""
    try:
        return action()
    except Interrupted:
        raise
    except PerfcompareError as error:
        return error
