"""A plug-in of pytest: a test fails when it sends more SQL statements than its budget.

    @pytest.mark.statements(5)
    def test_the_list_of_orders(client): ...

    def test_the_list_of_orders(client, at_most):
        with at_most(5):
            client.get("/api/v1/orders/")

It counts what goes through Django's connections of the test's own thread: not what a live server sends.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any

import pytest

_SHOWN = 200
"""Letters of a statement."""


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker."""
    config.addinivalue_line("markers", "statements(most): the test fails when it sends more SQL statements")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Hold a marked test to its budget; the statements of its fixtures are not counted."""
    marker = item.get_closest_marker("statements")
    if marker is None:
        return (yield)
    with budget(*marker.args, **marker.kwargs):
        return (yield)


@pytest.fixture
def at_most() -> Callable[[int], AbstractContextManager[list[str]]]:
    """`with at_most(5):` fails when the block sends more statements. It gives the list of them."""
    return budget


@contextmanager
def budget(most: int) -> Iterator[list[str]]:
    """The statements that the block sends; the test fails when there are more."""
    from django.db import connections

    sent: list[str] = []

    def note(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        sent.append(str(sql))
        return execute(sql, params, many, context)

    with ExitStack() as context:
        for alias in connections:
            context.enter_context(connections[alias].execute_wrapper(note))
        yield sent
    if len(sent) > most:
        listed = "\n".join(f"  {number}. {sql[:_SHOWN]}" for number, sql in enumerate(sent, 1))
        pytest.fail(f"{len(sent)} SQL statements were sent; the budget is {most}:\n{listed}", pytrace=False)
