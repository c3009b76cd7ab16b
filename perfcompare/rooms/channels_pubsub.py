"""Django with channels and the newer layer, on Redis's publish and subscribe."""

from __future__ import annotations

from perfcompare.core.room import Room
from perfcompare.rooms._channels import layers

ROOM = Room(
    label="Django channels, Redis pub/sub",
    summary="the same with the other layer of channels_redis, on Redis's publish and subscribe",
    packages=("channels", "channels-redis", "Django", "asgiref", "redis"),
    target=layers.TARGET,
    environ={layers.VARIABLE: layers.PUBSUB},
    redis=True,
)
