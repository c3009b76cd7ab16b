"""Sessions of a user without a row: the project's own session engine, which also accepts a signed session key.

`PERFCOMPARE_SESSIONS=signed` makes it the session engine of a measured process. The project's engine still looks the
key up in its store, as it does for a real session, and finds nothing. Then the session's content is read from the key,
which is signed with SECRET_KEY. Nothing is written.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping, MutableMapping
from typing import Any, Final

from django.conf import settings
from django.core import signing

from perfcompare.core import env
from perfcompare.core.errors import UsageError

VARIABLE: Final = "PERFCOMPARE_SESSIONS"
SIGNED: Final = "signed"
ENGINE: Final = "perfcompare.project.served.sessions"
_OWN: Final = "PERFCOMPARE_SESSION_ENGINE"
"""The setting that keeps the name of the project's own engine."""


def apply(found: MutableMapping[str, Any]) -> None:
    """Change the settings, when the variable asks for it."""
    wanted = env.text(VARIABLE, "own")
    if wanted == SIGNED:
        found[_OWN] = found.get("SESSION_ENGINE", "django.contrib.sessions.backends.db")
        found["SESSION_ENGINE"] = ENGINE
    elif wanted != "own":
        raise UsageError(f"{VARIABLE}={wanted} is not known. Set it to {SIGNED}, or unset it.")


def key(content: Mapping[str, str]) -> str:
    """The session key that stands for a session with this content."""
    return signing.dumps(dict(content), salt=ENGINE)


def __getattr__(name: str) -> Any:
    """`SessionStore`, made when the settings are there."""
    if name != "SessionStore":
        raise AttributeError(name)
    store = _store(importlib.import_module(getattr(settings, _OWN)).SessionStore)
    globals()[name] = store
    return store


def _store(own: Any) -> type[Any]:
    class SessionStore(own):  # type: ignore[misc]
        """As the project's own, for every key that is not signed."""

        _signed = False

        def load(self) -> Any:
            """The stored session, else the one in the key."""
            asked = self.session_key
            return super().load() or self._in(asked)

        async def aload(self) -> Any:
            """As `load`."""
            asked = self.session_key
            return await super().aload() or self._in(asked)

        def save(self, must_create: bool = False) -> None:
            """Store nothing under a signed key, whatever the project does with the session."""
            if not self._signed:
                super().save(must_create)

        async def asave(self, must_create: bool = False) -> None:
            """As `save`."""
            if not self._signed:
                await super().asave(must_create)

        def _in(self, asked: str | None) -> Mapping[str, str]:
            try:
                content: Mapping[str, str] = signing.loads(asked or "", salt=ENGINE)
            except signing.BadSignature:
                return {}
            self._signed = True
            self._session_key = asked  # the project's own has forgotten it
            self.modified = False
            return content

    # Django signs what is stored with this name: the project and this process read each other's sessions.
    SessionStore.__qualname__ = own.__qualname__
    return SessionStore
