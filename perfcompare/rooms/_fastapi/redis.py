"""Several processes: a message goes to Redis, and from there to the sockets of each process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from fastapi import FastAPI
from redis.asyncio import Redis
from redis.asyncio.client import PubSub

from perfcompare.core import env
from perfcompare.rooms._fastapi.application import application
from perfcompare.rooms._fastapi.sockets import Sockets

CHANNEL: Final = "perfcompare:room"

_sockets = Sockets()
_redis = Redis.from_url(env.text("REDIS_URL"), decode_responses=True)


@asynccontextmanager
async def _lifespan(_app: FastAPI) -> AsyncIterator[None]:
    async with _redis, _redis.pubsub() as channel:
        await channel.subscribe(CHANNEL)
        listening = asyncio.create_task(_listen(channel))
        yield
        listening.cancel()


async def _listen(channel: PubSub) -> None:
    async for message in channel.listen():
        if message["type"] == "message":
            await _sockets.send(message["data"])


async def _publish(text: str) -> None:
    await _redis.publish(CHANNEL, text)


app = application(_sockets, _publish, lifespan=_lifespan)
