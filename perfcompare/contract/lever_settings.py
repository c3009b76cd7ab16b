"""Settings that tell levers about `users`, as a project that uses levers would write for its own code."""

from __future__ import annotations

from typing import Any, Final

NATIVE_ASYNC: Final[dict[str, Any]] = {
    # The coroutine that replaces the receiver which `users` connects.
    "NATIVE_RECEIVERS": {"users.generation.bump_after_commit": "users.generation.abump"},
}
INSERT_FIRST: Final[dict[str, Any]] = {
    # A serializer that runs no query before its INSERT.
    "INSERT_FIRST": ["perfcompare.stacks.drf.serializers.UserSerializer"],
}
