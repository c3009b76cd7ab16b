"""The plug-ins that any target can use: servers and load generators."""

from __future__ import annotations

from perfcompare.core.generator import Generator
from perfcompare.core.registry import Registry
from perfcompare.core.server import Server

servers = Registry("perfcompare.servers", attribute="SERVER", kind=Server)
generators = Registry("perfcompare.generators", attribute="GENERATOR", kind=Generator)
