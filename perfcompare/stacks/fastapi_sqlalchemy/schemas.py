"""Answers whose fields are not columns of the same name. FastAPI reads objects as well as dicts into any model
(`from_attributes`)."""

from __future__ import annotations

from typing import Any

from pydantic import AliasPath, BaseModel, Field

from perfcompare.contract.fastapi import models


class UserWithAddresses(models.UserWithAddresses):
    """A user with addresses and metadata, which are those of the profile; empty without one."""

    metadata: dict[str, Any] = Field(default_factory=dict, validation_alias=AliasPath("profile", "metadata_"))


class UserPage(BaseModel):
    """One page of users, with the count of all users."""

    count: int
    results: list[UserWithAddresses]
