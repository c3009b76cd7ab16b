"""When the fingerprint of code changes, and when it does not."""

from __future__ import annotations

from typing import Any

import pytest

from perfcompare.levers._replacing import fingerprint, is_constant

CODE = '''
def ask(self, value, *, using=None):
    """Ask."""

    class Unknown(Exception):
        """Nothing."""

        def __init__(self, name):
            self.name = name

    assert_is_known = [one for one in value if one in ("a", "b")]
    return self.database(using).rows(assert_is_known, "SELECT 1")
'''


def _fingerprint(code: str) -> str:
    scope: dict[str, Any] = {"__name__": "library"}
    exec(code, scope)  # noqa: S102 - the code above
    return fingerprint(scope["ask"])


def test_it_is_the_same_on_every_python() -> None:
    assert _fingerprint(CODE) == "217fa7e9d7b8"


@pytest.mark.parametrize(
    ("old", "new"), [('"""Ask."""', '"""Ask\n    the database."""'), ("    return", "\n    # A word.\n    return")]
)
def test_words_for_people_do_not_matter(old: str, new: str) -> None:
    assert _fingerprint(CODE.replace(old, new)) == _fingerprint(CODE)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("self.database(using)", "self.reader(using)"),
        ('"SELECT 1"', '"SELECT 2"'),
        ('("a", "b")', '("a", "c")'),
        ("*, using=None", "using=None"),
        ("def ask", "async def ask"),
        ("for one in value", "for other in value"),
    ],
)
def test_what_the_code_does_matters(old: str, new: str) -> None:
    assert _fingerprint(CODE.replace(old, new)) != _fingerprint(CODE)


def test_both_functions_of_a_property_count() -> None:
    first, second, third = (lambda self: self.a), (lambda self, value: self.b), (lambda self, value: self.c)

    assert fingerprint(property(first, second)) != fingerprint(property(first, third)) != fingerprint(first)


def _generator(_self: object) -> Any:
    yield 1


def _enclosing(value: object) -> Any:
    return lambda _self: value


@pytest.mark.parametrize("function", [lambda _self, _model: [], lambda: None, lambda _self: {"a": (1, 2)}])
def test_a_function_that_reads_nothing_is_constant(function: object) -> None:
    assert is_constant(function)


@pytest.mark.parametrize(
    "function",
    [
        *(lambda self: self, lambda self: [self.a], lambda _self: CODE, lambda _self, value=1: [value], len, 5),
        *(_generator, _enclosing(1), lambda _self, *values: [*values]),
    ],
)
def test_a_function_that_reads_something_is_not(function: object) -> None:
    assert not is_constant(function)
