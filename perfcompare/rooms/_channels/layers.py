"""The layers of channels, and how a process is told which one it gets. Listing rooms imports this, and no Django."""

from __future__ import annotations

from typing import Any, Final

TARGET: Final = "perfcompare.rooms._channels.asgi:application"
VARIABLE: Final = "PERFCOMPARE_CHANNEL_LAYER"
REDIS: Final = "channels_redis.core.RedisChannelLayer"
PUBSUB: Final = "channels_redis.pubsub.RedisPubSubChannelLayer"
MEMORY: Final = "channels.layers.InMemoryChannelLayer"


def configured(layer: str, redis_url: str) -> dict[str, Any]:
    """CHANNEL_LAYERS with that layer."""
    # Redis's client gives up reading after 5 s since its version 8, which is as long as the layer waits for a message:
    # all sockets of a quiet process would be closed (https://github.com/django/channels_redis/issues/422).
    host = {"address": redis_url, "socket_timeout": None}
    return {"default": {"BACKEND": layer, "CONFIG": {} if layer == MEMORY else {"hosts": [host]}}}
