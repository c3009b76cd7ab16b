"""Hosts of their own on this machine: network namespaces on a bridge, each with an address and its own loopback.

Nothing outside of them can be reached from them, and they from nowhere: the bridge lies in a namespace as well.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

NETWORK = "10.231.77"


@dataclass(frozen=True, kw_only=True)
class Machine:
    """One host."""

    namespace: str
    address: str

    def argv(self, argv: Sequence[str]) -> list[str]:
        """The argument vector that runs another one on it."""
        return ["ip", "netns", "exec", self.namespace, *argv]


def refusal() -> str | None:
    """Why this machine makes no such hosts, in a sentence; None when it does."""
    if shutil.which("ip") is None:
        return "There is no program `ip` here (Debian: apt-get install iproute2)."
    name = f"pc{os.getpid()}probe"
    done = subprocess.run(["ip", "netns", "add", name], capture_output=True, text=True)
    if done.returncode != 0:
        return f"This machine allows no network namespaces (root is needed): {done.stderr.strip()}"
    _ip("netns", "del", name)
    return None


@contextmanager
def machines(count: int) -> Iterator[list[Machine]]:
    """That many hosts that reach each other."""
    with ExitStack() as exits:
        switch = f"pc{os.getpid()}switch"
        _ip("netns", "add", switch)
        exits.callback(_ip, "netns", "del", switch)
        _ip("-n", switch, "link", "add", "bridge", "type", "bridge")
        _ip("-n", switch, "link", "set", "bridge", "up")
        yield [_machine(number, switch, exits) for number in range(1, count + 1)]


def _machine(number: int, switch: str, exits: ExitStack) -> Machine:
    made = Machine(namespace=f"pc{os.getpid()}host{number}", address=f"{NETWORK}.{number}")
    _ip("netns", "add", made.namespace)
    exits.callback(_ip, "netns", "del", made.namespace)
    port = f"port{number}"
    _ip("-n", switch, "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", made.namespace)
    _ip("-n", switch, "link", "set", port, "master", "bridge", "up")
    _ip("-n", made.namespace, "address", "add", f"{made.address}/24", "dev", "eth0")
    for device in ("lo", "eth0"):
        _ip("-n", made.namespace, "link", "set", device, "up")
    return made


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)
