"""The endpoints of the contract (docs/contract.md), by the names of their scenarios.

The registry of scenarios holds everything that can be requested. This set holds what all stacks have agreed to answer.
A scenario that is added later is not part of it until stacks offer it.
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
