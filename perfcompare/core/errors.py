"""Everything that can go wrong on purpose: one base class, its message names the cause and the way out."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, TypeVar


class PerfcompareError(Exception):
    """Raised when the user must know or do something; never shown with a traceback.

    `exit_code` is what the command line answers with: 1 failed, 2 usage, 3 the answers of a stack are wrong,
    4 the environment lacks something, 5 another run is under way.
    """

    exit_code: ClassVar[int] = 1


class UsageError(PerfcompareError):
    """Raised when an option names something that does not exist or cannot be combined."""

    exit_code: ClassVar[int] = 2


class WrongAnswerError(PerfcompareError):
    """Raised when a stack does not answer as the contract says; it is then not timed."""

    exit_code: ClassVar[int] = 3


class EnvironmentProblem(PerfcompareError):
    """Raised when a package, a port, a service or a limit of this machine is in the way."""

    exit_code: ClassVar[int] = 4


class RunInProgressError(PerfcompareError):
    """Raised when another run holds this machine; two at once would measure each other."""

    exit_code: ClassVar[int] = 5


class Interrupted(PerfcompareError):
    """Raised in the main thread when INT, TERM or HUP arrives; `signum` is the signal's number."""

    def __init__(self, signum: int) -> None:
        super().__init__(f"interrupted by signal {signum}")
        self.signum = signum


T = TypeVar("T")


def attempt(action: Callable[[], T]) -> T | PerfcompareError:
    """What `action` gives, or the PerfcompareError that it raises. Interrupted is raised: it ends everything."""
    try:
        return action()
    except Interrupted:
        raise
    except PerfcompareError as error:
        return error
