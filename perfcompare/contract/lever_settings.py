"""Settings that tell levers about `users`, as a project that uses levers would write for its own code."""

from __future__ import annotations

from typing import Any, Final

from perfcompare.core.limits import DATABASE_TIMEOUT_S

NATIVE_ASYNC: Final[dict[str, Any]] = {
    # The contract answers 503 after so long; the lever has no limit that stock Django does not have.
    "NATIVE_ASYNC": {"timeout_s": DATABASE_TIMEOUT_S, "command_timeout_s": DATABASE_TIMEOUT_S},
    # The coroutine that replaces the receiver which `users` connects.
    "NATIVE_RECEIVERS": {"users.generation.bump_after_commit": "users.generation.abump"},
}
INSERT_FIRST: Final[dict[str, Any]] = {
    # A serializer that runs no query before its INSERT.
    "INSERT_FIRST": ["perfcompare.stacks.drf.serializers.UserSerializer"],
}
