"""Django with channels and a layer in the memory of one process: to compare, as it is not for production."""

from __future__ import annotations

from perfcompare.core.room import Room
from perfcompare.rooms._channels import layers

ROOM = Room(
    label="Django channels, memory",
    summary="Django with channels and its layer in the memory of one process",
    packages=("channels", "Django", "asgiref"),
    target=layers.TARGET,
    environ={layers.VARIABLE: layers.MEMORY},
    redis=False,
)
