"""The plug-ins that belong to no target: servers, load generators, and rooms."""

from __future__ import annotations

from perfcompare.core.generator import Generator
from perfcompare.core.registry import Registry
from perfcompare.core.room import Room
from perfcompare.core.server import Server

servers = Registry("perfcompare.servers", attribute="SERVER", kind=Server)
generators = Registry("perfcompare.generators", attribute="GENERATOR", kind=Generator)
rooms = Registry("perfcompare.rooms", attribute="ROOM", kind=Room)
