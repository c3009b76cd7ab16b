"""Settings that tell levers about `users`, as a project that uses levers would write for its own code."""

from __future__ import annotations

from typing import Any, Final

from perfcompare.core.limits import DATABASE_TIMEOUT_S

_FINISHED: Final[dict[str, Any]] = {
    # The views give what they have cached to a renderer, and look into it by its methods alone.
    "cached_bytes": {"finished_json": True}
}
FINISHED_JSON: Final[dict[str, Any]] = {"PERFCOMPARE": _FINISHED}
NATIVE_ASYNC: Final[dict[str, Any]] = {
    "PERFCOMPARE": {
        **_FINISHED,
        "native_async": {
            # The contract answers 503 after so long; the lever has no limit that stock Django does not have.
            "timeout_s": DATABASE_TIMEOUT_S,
            "command_timeout_s": DATABASE_TIMEOUT_S,
            # The coroutine that replaces the receiver which `users` connects.
            "receivers": {"users.generation.bump_after_commit": "users.generation.abump"},
        },
    }
}
INSERT_FIRST: Final[dict[str, Any]] = {
    "PERFCOMPARE": {
        **_FINISHED,
        # A serializer that runs no query before its INSERT.
        "insert_first": {"serializers": ["perfcompare.stacks.drf.serializers.UserSerializer"]},
    }
}
