"""Django's seven default middleware without thread hops where they only compute.

Under ASGI Django runs every `process_request` and `process_response` of a `MiddlewareMixin` in a thread
(django/utils/deprecation.py, `__acall__`), which is about fourteen hops for the default seven. These are the same
classes, subclassed: their work runs on the event loop, and goes to the request's thread only where it may ask the
session store or another thing that blocks: a modified session is saved there, used messages are stored there, and the
CSRF check of an unsafe method runs there. Answers are the same; under WSGI nothing changes.

When not to use it: where a subclass of one of the seven stands in MIDDLEWARE, that one stays as it is; where a custom
session engine does I/O in its constructor.
"""

from __future__ import annotations

from typing import Final, SupportsIndex

from perfcompare.core.lever import Lever, Settings
from perfcompare.levers._versions import DJANGO, PYTHON

_OURS: Final = "perfcompare.levers.inline_middleware.middleware."
REPLACED: Final = {
    "django.middleware.security.SecurityMiddleware": f"{_OURS}InlineSecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware": f"{_OURS}InlineSessionMiddleware",
    "django.middleware.common.CommonMiddleware": f"{_OURS}InlineCommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware": f"{_OURS}InlineCsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware": f"{_OURS}InlineAuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware": f"{_OURS}InlineMessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware": f"{_OURS}InlineXFrameOptionsMiddleware",
}
"""Django's dotted names and ours."""


class Exchanged(str):
    """A name of Django's that is imported as ours: whoever looks for it, adds to MIDDLEWARE or takes from it finds it.

    `import_string` takes a name apart by `rsplit`.
    """

    __slots__ = ()

    def rsplit(self, sep: str | None = None, maxsplit: SupportsIndex = -1) -> list[str]:
        """The parts of our name."""
        return REPLACED[self].rsplit(sep, maxsplit)


def replace(settings: Settings) -> None:
    """Put ours in the place of Django's in MIDDLEWARE; the others keep their places."""
    from perfcompare.levers._replacing import works

    if not works("inline_middleware", LEVER.tested, "middleware"):
        return
    settings["MIDDLEWARE"] = [Exchanged(name) if name in REPLACED else name for name in settings.get("MIDDLEWARE", [])]


LEVER = Lever(
    label="inline middleware",
    changes="The seven default middleware run on the event loop; only what may block takes a thread hop.",
    costs="Their work, some microseconds each, is done on the event loop. Nothing changes under WSGI.",
    source="https://docs.djangoproject.com/en/5.2/topics/http/middleware/#asynchronous-support",
    lines=(
        "from perfcompare.levers import inline_middleware  # at the end of the settings",
        "inline_middleware.LEVER.settings(globals())",
    ),
    tested=(PYTHON, DJANGO),
    settings=replace,
)
