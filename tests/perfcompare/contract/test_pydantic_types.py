from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from perfcompare.contract import pydantic_types as types
from perfcompare.core import limits


def _refused(kind: Any, value: object) -> bool:
    try:
        TypeAdapter(kind).validate_python(value)
    except ValidationError:
        return True
    return False


def test_a_name_is_trimmed() -> None:
    assert TypeAdapter(types.Name).validate_python("  Grace \n") == "Grace"


def test_the_longest_name_counts_characters_not_bytes() -> None:
    assert not _refused(types.Name, "é" * limits.MAX_NAME_LENGTH)
    assert _refused(types.Name, "é" * (limits.MAX_NAME_LENGTH + 1))


@pytest.mark.parametrize("value", ["", "  ", "a\0b", "\ud800", 5, True, None, ["x"], {}, float("nan"), b"x"], ids=repr)
def test_what_is_no_name_is_refused(value: object) -> None:
    assert _refused(types.Name, value)


def test_an_email_keeps_its_local_part() -> None:
    assert (
        TypeAdapter(types.Email).validate_python("Grace.Hopper+x@created.example") == "Grace.Hopper+x@created.example"
    )


@pytest.mark.parametrize(
    "value",
    [
        "", "nobody", "a@", "@x.example", "a\0b@x.example", "\ud800@x.example", "a@x.example\nBcc: b@x.example",
        "a@x.example,b@x.example", "Grace <grace@x.example>", "a" * limits.MAX_EMAIL_LENGTH + "@x.example", 5, None,
    ],
    ids=ascii,
)  # fmt: skip
def test_what_is_no_email_is_refused(value: object) -> None:
    assert _refused(types.Email, value)


def test_the_longest_email_is_accepted() -> None:
    domain = ".".join([*["d" * 60] * 3, "example"])
    address = "a" * (limits.MAX_EMAIL_LENGTH - len(domain) - 1)

    assert not _refused(types.Email, f"{address}@{domain}")
    assert _refused(types.Email, f"{address}a@{domain}")


@pytest.mark.parametrize("value", ["", "x" * (limits.MAX_TAG_LENGTH + 1), "a\0b"], ids=["empty", "too long", "NUL"])
def test_what_is_no_tag_is_refused(value: str) -> None:
    assert _refused(types.Tag, value)


@pytest.mark.parametrize(
    ("kind", "lowest", "highest"),
    [
        (types.RowId, 1, limits.MAX_ID),
        (types.Limit, 1, limits.MAX_LIMIT),
        (types.Offset, 0, limits.MAX_OFFSET),
        (types.Skip, 0, limits.MAX_ID),
        (types.Page, 1, limits.MAX_PAGE),
        (types.DelayMs, 0, limits.MAX_DELAY_MS),
    ],
    ids=["id", "limit", "offset", "skip", "page", "delay_ms"],
)
def test_integers_have_the_limits_of_the_contract(kind: Any, lowest: int, highest: int) -> None:
    adapter = TypeAdapter(kind)

    assert [adapter.validate_python(str(one)) for one in (lowest, highest)] == [lowest, highest]
    assert all(_refused(kind, str(one)) for one in (lowest - 1, highest + 1, 2**70, "9" * 5000, "1.5", "abc", ""))


@pytest.mark.parametrize(
    ("where", "field"),
    [
        (("body", "email"), "email"),
        (("body", "payload", "email"), "email"),
        (("query", "limit"), "limit"),
        (("path", "id"), "id"),
        (("query", "tags", 0), "tags"),
        (("body",), "body"),
        (("body", 17), "body"),
        ((), "body"),
    ],
    ids=str,
)
def test_the_field_is_the_last_name_of_a_location(where: tuple[str | int, ...], field: str) -> None:
    assert types.errors_by_field([{"loc": where, "msg": "No."}]) == {field: ["No."]}


def test_all_errors_of_a_field_are_kept() -> None:
    errors = [{"loc": ("query", "tags", index), "msg": f"{index}"} for index in range(2)]

    assert types.errors_by_field(errors) == {"tags": ["0", "1"]}


def test_errors_of_a_plain_model_are_understood() -> None:
    class Person(BaseModel):
        name: types.Name
        email: types.Email

    with pytest.raises(ValidationError) as caught:
        Person.model_validate({"name": 1})

    assert types.errors_by_field(caught.value.errors()).keys() == {"name", "email"}
