"""What `manage.py check` says about levers that are active: where they leave something to stock, down to the class."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from django.core.checks import Info

from perfcompare.levers._project import Project
from perfcompare.levers._status import ClassesStatus, State, status

WAY: Final = "perfcompare.I001"
"""Something on the way of a part is not stock at this moment."""
CLASSES: Final = "perfcompare.I002"
"""Classes of the project that a part leaves to stock."""
UNKNOWN: Final = "perfcompare.I003"
"""Something of the project could not be looked at."""
_MOST: Final = 3
_HINT: Final = "Everything works as without the lever. See: manage.py perfcompare levers --all"


def messages() -> Iterator[Info]:
    """One for each reason of a connection or patch, and one for all classes of a part."""
    used = [one.name for one in status().values() if one.state in (State.ACTIVE, State.PARTLY)]
    if not used:
        return
    project = Project()
    told = status(project)
    for lever in map(told.__getitem__, used):
        if not lever.parts:
            yield from (Info(f"The lever {lever.name}: {one}", hint=_HINT, id=WAY) for one in lever.reasons)
        for part in lever.parts:
            if part.state is State.ACTIVE:
                about = f"The lever {lever.name}, part {part.name}"
                yield from (Info(f"{about}: {reason}", hint=_HINT, id=WAY) for reason in part.reasons)
                if part.classes:
                    yield Info(f"{about}: {_shortened(part.classes)}.", hint=_HINT, id=CLASSES)
    yield from (Info(problem, id=UNKNOWN) for problem in project.problems)


def _shortened(classes: Sequence[ClassesStatus]) -> str:
    """The reasons of most classes, and how many more there are."""
    more = [f"{len(classes) - _MOST} more reasons"] if len(classes) > _MOST else []
    return "; ".join([*(one.said for one in classes[:_MOST]), *more])
