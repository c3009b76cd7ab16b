"""One middleware for a pure API in the place of Django's seven: the host check, the headers, nothing else.

It keeps what the answers of an API need: a foreign Host is refused (400, the project's handler400), the security
headers and Content-Length are those of Django's middleware, also on such an answer, SECURE_SSL_REDIRECT and HSTS work.
It takes away sessions, `request.user`, messages, the CSRF check, the redirect to a path with a slash, PREPEND_WWW and
DISALLOWED_USER_AGENTS. Middleware of others stays where it is.

When not to use it: in a process that serves the admin, pages with forms, or an API whose clients log in by session
cookie (there is no CSRF check here). Serve those from another process with another settings module.
TechEmpower's Django entry runs with no middleware at all
(https://github.com/TechEmpower/FrameworkBenchmarks/tree/master/frameworks/Python/django).
"""

from __future__ import annotations

from typing import Final

from perfcompare.core.lever import Lever, Loss, Settings
from perfcompare.core.middleware import DJANGO_MIDDLEWARE
from perfcompare.levers._versions import DJANGO, PYTHON

OURS: Final = "perfcompare.levers.api_middleware.middleware.ApiMiddleware"


def _stands_for(name: str) -> bool:
    # Also where another lever has replaced them before.
    return name in DJANGO_MIDDLEWARE or name.startswith("perfcompare.levers.inline_middleware.")


def trim(settings: Settings) -> None:
    """Put ours into MIDDLEWARE and take out those that it stands for; the others keep their places.

    Where others stand between Django's, its SecurityMiddleware stays in its place and the host is checked in that of
    CommonMiddleware: so what sets headers on every answer, such as CORS, sees the same answers as before.
    """
    given = list(settings.get("MIDDLEWARE", []))
    replaced = [place for place, name in enumerate(given) if _stands_for(name)]
    if not replaced:
        settings["MIDDLEWARE"] = [OURS, *given]
        return
    place = replaced[0]
    if any(not _stands_for(name) for name in given[place : replaced[-1]]):
        checks = [number for number in replaced if _is(given[number], "CommonMiddleware")]
        place = checks[0] if checks else place
    kept = [(number, name) for number, name in enumerate(given) if not _stands_for(name) or _stays(number, name, place)]
    settings["MIDDLEWARE"] = [
        *(name for number, name in kept if number < place),
        OURS,
        *(name for number, name in kept if number > place),
    ]


def _is(name: str, middleware: str) -> bool:
    return name.endswith((f".{middleware}", f".Inline{middleware}"))


def _stays(number: int, name: str, place: int) -> bool:
    return number < place and _is(name, "SecurityMiddleware")


LEVER = Lever(
    label="middleware of an API",
    changes="One middleware checks the host and sets the headers; sessions, CSRF, messages and users are gone.",
    costs="No request.user, session, messages, CSRF check or slash redirect: for a process that serves an API alone.",
    source="https://github.com/TechEmpower/FrameworkBenchmarks/tree/master/frameworks/Python/django",
    lines=(
        "from perfcompare.levers import api_middleware  # at the end of the settings",
        "api_middleware.LEVER.settings(globals())",
    ),
    tested=(PYTHON, DJANGO),
    settings=trim,
    loses=(
        Loss(
            header="vary",
            words=("cookie",),
            why="There are no sessions and no CSRF check, so no answer depends on the request's cookies.",
        ),
    ),
)
