"""The contract's inputs as pydantic types, shared by every stack that validates with pydantic."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, EmailStr, Field, StringConstraints, ValidatorFunctionWrapHandler, WrapValidator
from pydantic_core import PydanticCustomError

from perfcompare.core.limits import (
    EMAIL,
    MAX_DELAY_MS,
    MAX_DIGITS,
    MAX_EMAIL_LENGTH,
    MAX_ID,
    MAX_LIMIT,
    MAX_NAME_LENGTH,
    MAX_OFFSET,
    MAX_PAGE,
    MAX_PARTS,
    MAX_TAG_LENGTH,
    PLAIN_TEXT,
)

_ADDRESS: Final = re.compile(EMAIL)


def _decimal(value: object) -> object:
    # Pydantic would also accept `1_0`, `+1`, ` 1` and `1.0`.
    if isinstance(value, str) and not (value.isdigit() and value.isascii() and len(value) <= MAX_DIGITS):
        raise PydanticCustomError("decimal", "Send decimal digits only")
    return value


def _address(value: object, validate: ValidatorFunctionWrapHandler) -> str:
    # EmailStr would extract the address from ` Grace <grace@example.org>`, accept other alphabets, and change `Info@`.
    if isinstance(value, str) and not _ADDRESS.fullmatch(value):
        raise PydanticCustomError("address", "Send an e-mail address in ASCII characters, and nothing else")
    validate(value)
    local, _, domain = str(value).rpartition("@")
    return f"{local}@{domain.lower()}"


Name = Annotated[
    str,
    StringConstraints(strict=True, strip_whitespace=True, min_length=1, max_length=MAX_NAME_LENGTH, pattern=PLAIN_TEXT),
]
Email = Annotated[EmailStr, StringConstraints(max_length=MAX_EMAIL_LENGTH), WrapValidator(_address)]
Tag = Annotated[str, StringConstraints(min_length=1, max_length=MAX_TAG_LENGTH, pattern=PLAIN_TEXT)]

Decimal = BeforeValidator(_decimal)
RowId = Annotated[int, Field(ge=1, le=MAX_ID), Decimal]
Limit = Annotated[int, Field(ge=1, le=MAX_LIMIT), Decimal]
Offset = Annotated[int, Field(ge=0, le=MAX_OFFSET), Decimal]
Skip = Annotated[int, Field(ge=0, le=MAX_ID), Decimal]
Page = Annotated[int, Field(ge=1, le=MAX_PAGE), Decimal]
DelayMs = Annotated[int, Field(ge=0, le=MAX_DELAY_MS), Decimal]
Parts = Annotated[int, Field(ge=1, le=MAX_PARTS), Decimal]


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
