"""The endpoints of the contract (docs/contract.md), by the names of their scenarios.

A scenario that is added later is none of them until a stack says that it offers it: the registry of scenarios holds all
that can be asked, this what the stacks have agreed to answer.
"""

from __future__ import annotations

from typing import Final

ENDPOINTS: Final = frozenset(
    {
        "simple",
        "user_detail",
        "user_list",
        "user_create",
        "items",
        "protected",
        "dashboard",
        "expensive",
        "cached_users",
        "upstream",
    }
)
