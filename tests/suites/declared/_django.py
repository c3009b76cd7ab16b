"""Parts of Django's own tests."""

from __future__ import annotations

from tests.suites.suite import Suite


def django(
    *labels: str,
    checked: bool = False,
    handlers: bool = False,
    extensions: bool = False,
    expects: tuple[str, ...] = (),
) -> Suite:
    """The packages `labels` of its tests."""
    return Suite(
        package="Django==5.2.19",
        folder="tests",
        command=("runtests.py", "--parallel=1", "--settings=test_sqlite", "--noinput", *labels),
        checked=checked,
        handlers=handlers,
        extensions=extensions,
        expects=expects,
    )
