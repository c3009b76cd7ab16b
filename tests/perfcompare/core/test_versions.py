from __future__ import annotations

import platform

import pytest

from perfcompare.core.versions import PYTHON, Range, problems


@pytest.mark.parametrize(
    ("version", "fits"),
    [
        *(("5.1.15", False), ("5.2", True), ("5.2.0", True), ("5.2.19", True), ("6.0.1", True)),
        *(("6.1", True), ("6.1.3", True), ("6.1.10", True), ("6.2", False), ("10.0", False)),
        *(("6.1rc1", True), ("6.2a1", False), ("5.2.dev20250101", True)),
    ],
)
def test_a_range_begins_with_a_version_and_ends_with_a_series(version: str, fits: bool) -> None:
    assert Range("Django", "5.2", "6.1").holds(version) is fits


def test_the_last_number_of_a_series_may_be_zero() -> None:
    assert not Range("Django", "5.2", "6.0").holds("6.1")


def test_what_is_not_installed_is_a_problem_where_it_is_needed() -> None:
    assert list(problems([Range("no-such", "1", "2"), Range("no-such", "1", "2", needed=False)])) == [
        "no-such is not installed."
    ]


def test_the_interpreter_is_a_package_among_others() -> None:
    found = platform.python_version()
    assert Range(PYTHON, "3.11", found).problem() is None
    assert Range(PYTHON, "2.7", "3.0").problem() == f"Python {found} is installed; tested: 2.7 to 3.0."
