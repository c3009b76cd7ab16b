"""The levers; `status()` says what each is doing in this process."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from perfcompare.levers._status import LeverStatus


def status(*, classes: bool = False) -> dict[str, LeverStatus]:
    """All levers by their names: active, partly active, inactive and why, or not used; and what they have counted.

    With `classes` also what becomes of each class of the project, whose URLconf is imported for that.
    """
    # Settings modules import levers before Django may be imported.
    from perfcompare.levers import _project, _status

    return _status.status(_project.Project() if classes else None)
