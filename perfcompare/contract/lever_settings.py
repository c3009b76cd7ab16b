"""What the stacks with levers say to them about `users`, as a project that uses a lever says it about its own code."""

from __future__ import annotations

from typing import Any, Final

from perfcompare.core.limits import DATABASE_TIMEOUT_S

NATIVE_ASYNC: Final[dict[str, Any]] = {
    "PERFCOMPARE": {
        "native_async": {
            # The contract answers 503 after so long; the lever has no limit that stock Django does not have.
            "timeout_s": DATABASE_TIMEOUT_S,
            "command_timeout_s": DATABASE_TIMEOUT_S,
            # What is awaited in the place of the receiver that users connects.
            "receivers": {"users.generation.bump_after_commit": "users.generation.abump"},
        }
    }
}
INSERT_FIRST: Final[dict[str, Any]] = {
    # A serializer that does nothing before its INSERT.
    "PERFCOMPARE": {"insert_first": {"serializers": ["perfcompare.stacks.drf.serializers.UserSerializer"]}}
}
