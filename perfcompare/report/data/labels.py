"""What people call the stacks and servers of a run."""

from __future__ import annotations

from perfcompare import plugins
from perfcompare.core.target import Catalog


def stack_label(catalog: Catalog, name: str) -> str:
    """What people call the stack; its name when it is not (or no longer) known."""
    stack = catalog.stacks.get(name)
    return stack.label if stack else name


def server_label(name: str) -> str:
    """What people call the server; its name when it is not (or no longer) known."""
    server = plugins.servers.get(name)
    return server.label if server else name


def pair_label(catalog: Catalog, stack: str, server: str) -> str:
    """`DRF on gunicorn gthread`."""
    return f"{stack_label(catalog, stack)} on {server_label(server)}"
