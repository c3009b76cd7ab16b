"""One expression that compares many attributes by identity: it is evaluated at each use of what was proved of them.

By identity, because a proxy around a function, as those of wrapt, says that it is equal to the function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

MISSING: Final = object()
"""What stands for an attribute that the owner does not have."""


def comparison(attributes: Iterable[tuple[Any, str, Any]]) -> Callable[[], bool]:
    """Whether the attribute of each owner, given by its dotted name, is still that value."""
    names: dict[str, Any] = {"MISSING": MISSING}
    terms = []
    for number, (owner, name, value) in enumerate(attributes):
        key = next((key for key, known in names.items() if known is owner), f"o{number}")
        names |= {key: owner}
        if value is MISSING:
            terms.append(f"getattr({key}, {name!r}, MISSING) is MISSING")
        else:
            names[f"v{number}"] = value
            terms.append(f"{key}.{name} is v{number}")
    source = f"lambda {', '.join(f'{name}={name}' for name in names)}: {' and '.join(terms) or True}"
    made: Callable[[], bool] = eval(source, names)  # noqa: S307 - names of attributes alone
    return made
