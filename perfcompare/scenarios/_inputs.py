"""Bad inputs that several endpoints have in common, and short ways to write cases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import quote

from perfcompare.core.http import NOTHING, Expected, Request
from perfcompare.core.scenario import Case

NOT_INTEGERS = {
    "text": "abc",
    "a fraction": "1.5",
    "a whole fraction": "1.0",
    "signed": "%2B1",
    "with an underscore": "1_0",
    "with a blank": "%201",
    "in other digits": "%D9%A1",
    "of 20 digits": "1".zfill(20),
    "nothing": "",
    "2**70": str(2**70),
    "NUL": "%00",
    "bad UTF-8": "%ff",
}


def get(path: str, **headers: str) -> Request:
    """A GET of `path`; header names are given with underscores."""
    return Request(path=path, headers={name.replace("_", "-"): value for name, value in headers.items()})


def invalid(name: str, request: Request, *fields: str) -> Case:
    """A case that must be 422 and name exactly `fields`."""
    return Case(name=name, request=request, expected=Expected(status=422, fields=frozenset(fields)))


def bad_integers(path: str, parameter: str, *, lowest: int, highest: int) -> Iterable[Case]:
    """Everything that is no integer of lowest..highest, in the query parameter `parameter` of `path`."""
    values = {**NOT_INTEGERS, "too low": str(lowest - 1), "too high": str(highest + 1)}
    for what, value in values.items():
        yield invalid(f"{parameter} is {what}", get(f"{path}?{parameter}={value}"), parameter)


def wrong_methods(
    path: str, *, allowed: str, methods: Iterable[str], headers: Mapping[str, str] = NOTHING
) -> Iterable[Case]:
    """Each of `methods` on `path` must be 405 with every one of `allowed` in Allow."""
    expected = Expected(status=405, headers={"allow": allowed})
    for method in methods:
        yield Case(
            name=f"{method} is not allowed",
            request=Request(method=method, path=path, headers=headers),
            expected=expected,
        )


def error(name: str, request: Request, status: int, headers: Mapping[str, str] = NOTHING) -> Case:
    """A case that must be answered with the error `status`."""
    return Case(name=name, request=request, expected=Expected(status=status, headers=headers))


def escaped(text: str) -> str:
    """`text` for use in a query string."""
    return quote(text, safe="")
