"""The plug-ins of every kind."""

from __future__ import annotations

from perfcompare.core.generator import Generator
from perfcompare.core.registry import Registry
from perfcompare.core.scenario import Scenario
from perfcompare.core.server import Server
from perfcompare.core.stack import Stack

scenarios = Registry("perfcompare.scenarios", attribute="SCENARIO", kind=Scenario)
stacks = Registry("perfcompare.stacks", attribute="STACK", kind=Stack)
servers = Registry("perfcompare.servers", attribute="SERVER", kind=Server)
generators = Registry("perfcompare.generators", attribute="GENERATOR", kind=Generator)
