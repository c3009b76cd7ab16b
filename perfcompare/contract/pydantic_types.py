"""The contract's inputs as pydantic types, shared by every stack that validates with pydantic."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, EmailStr, Field, StringConstraints
from pydantic_core import PydanticCustomError

from perfcompare.core.limits import (
    MAX_DELAY_MS,
    MAX_EMAIL_LENGTH,
    MAX_ID,
    MAX_LIMIT,
    MAX_NAME_LENGTH,
    MAX_OFFSET,
    MAX_PAGE,
    MAX_TAG_LENGTH,
)


def _without_nul(text: str) -> str:
    # PostgreSQL cannot store it. Pydantic itself refuses lone surrogates in every string.
    if "\0" in text:
        raise PydanticCustomError("null_character", "Null characters are not allowed")
    return text


def _address_alone(value: object) -> object:
    # EmailStr would extract the address from `Grace <grace@example.org>` and accept it.
    if isinstance(value, str) and "<" in value:
        raise PydanticCustomError("display_name", "A display name is not allowed")
    return value


NoNul = AfterValidator(_without_nul)

Name = Annotated[
    str,
    StringConstraints(strict=True, strip_whitespace=True, min_length=1, max_length=MAX_NAME_LENGTH),
    NoNul,
]
Email = Annotated[EmailStr, StringConstraints(max_length=MAX_EMAIL_LENGTH), BeforeValidator(_address_alone)]
Tag = Annotated[str, StringConstraints(min_length=1, max_length=MAX_TAG_LENGTH), NoNul]

RowId = Annotated[int, Field(ge=1, le=MAX_ID)]
Limit = Annotated[int, Field(ge=1, le=MAX_LIMIT)]
Offset = Annotated[int, Field(ge=0, le=MAX_OFFSET)]
Skip = Annotated[int, Field(ge=0, le=MAX_ID)]
Page = Annotated[int, Field(ge=1, le=MAX_PAGE)]
DelayMs = Annotated[int, Field(ge=0, le=MAX_DELAY_MS)]


def errors_by_field(errors: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    """The contract's `errors` object from error dicts of pydantic, Ninja or FastAPI: field to sentences.

    The field is the last name in an error's `loc`: bodies of the contract are flat, so that holds for
    `("body", "email")`, `("body", "payload", "email")` and `("query", "tags", 0)`; `("body",)` is the whole body.
    """
    fields: dict[str, list[str]] = {}
    for error in errors:
        names = [part for part in error["loc"] if isinstance(part, str)]
        fields.setdefault(names[-1] if names else "body", []).append(error["msg"])
    return fields
