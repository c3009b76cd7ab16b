"""The answers that are read from SQLAlchemy's objects in another form than their columns have."""

from __future__ import annotations

from typing import Any

from pydantic import AliasPath, BaseModel, ConfigDict, Field

from perfcompare.contract.fastapi import models


class UserWithAddresses(models.UserWithAddresses):
    """A user with addresses and metadata, which are those of the profile; empty without one."""

    model_config = ConfigDict(from_attributes=True)

    metadata: dict[str, Any] = Field(default_factory=dict, validation_alias=AliasPath("profile", "metadata_"))


class UserPage(BaseModel):
    """One page of users, with the count of all users."""

    model_config = ConfigDict(from_attributes=True)

    count: int
    results: list[UserWithAddresses]
