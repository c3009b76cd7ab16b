"""The layers of channels, and how a process is told which one it gets. Listing rooms imports this, and no Django."""

from __future__ import annotations

from typing import Final

TARGET: Final = "perfcompare.rooms._channels.asgi:application"
VARIABLE: Final = "PERFCOMPARE_CHANNEL_LAYER"
REDIS: Final = "channels_redis.core.RedisChannelLayer"
PUBSUB: Final = "channels_redis.pubsub.RedisPubSubChannelLayer"
MEMORY: Final = "channels.layers.InMemoryChannelLayer"
