"""The two consumers, as the tutorial of channels writes asynchronous ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from channels.generic.websocket import AsyncWebsocketConsumer

GROUP: Final = "room"


class Echo(AsyncWebsocketConsumer):
    """Sends each message back."""

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """To its sender alone."""
        await self.send(text_data=text_data)


class Broadcast(AsyncWebsocketConsumer):
    """Sends each message to all that are connected here."""

    groups = (GROUP,)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """To the group, by way of the layer."""
        await self.channel_layer.group_send(GROUP, {"type": "room.message", "text": text_data})

    async def room_message(self, event: Mapping[str, str]) -> None:
        """From the group, to the own client."""
        await self.send(text_data=event["text"])
