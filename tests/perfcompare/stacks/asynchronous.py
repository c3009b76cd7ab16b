"""Asking a Django stack with asynchronous views as a client would, without a server; fixture `seeded` has the users."""

from __future__ import annotations

import json
from typing import Any

from asgiref.sync import async_to_sync
from django.test import AsyncClient

from users.dataset import Dataset

DATASET = Dataset(count=5, seed=1)


@async_to_sync
async def get(where: str, **headers: str) -> Any:
    """The answer; without other headers the first user asks for what is protected, and nobody for the rest."""
    token = {"authorization": f"Token {DATASET.user(1).token}"} if where == "/protected" else {}
    return await AsyncClient().get(where, headers=headers or token)


@async_to_sync
async def post(body: str, content_type: str = "application/json") -> Any:
    """The answer to a new user's body."""
    return await AsyncClient().post("/users", data=body, content_type=content_type)


def create(**fields: object) -> Any:
    """The answer to a new user."""
    return post(json.dumps(fields))
