"""Django with channels and its layer in Redis, as its documentation recommends it."""

from __future__ import annotations

from perfcompare.core.room import Room
from perfcompare.rooms._channels import layers

ROOM = Room(
    label="Django channels, Redis",
    summary="Django with channels, and the layer of channels_redis that keeps groups in Redis",
    packages=("channels", "channels-redis", "Django", "asgiref", "redis"),
    target=layers.TARGET,
    environ={layers.VARIABLE: layers.REDIS},
    redis=True,
)
