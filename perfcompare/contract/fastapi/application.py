"""The application of a FastAPI stack without its endpoints, and the pages that come after them."""

from __future__ import annotations

from collections.abc import Iterable

from fastapi import Depends, FastAPI, Request
from fastapi.params import Depends as Dependency
from starlette.middleware import Middleware
from starlette.responses import JSONResponse
from starlette.types import StatelessLifespan

from perfcompare.contract.body_limit import LimitBodyASGI
from perfcompare.contract.fastapi.docs import add_docs
from perfcompare.contract.fastapi.errors import HANDLERS, database_away, refusals
from perfcompare.contract.fastapi.hosts import AllowedHosts
from perfcompare.contract.fastapi.tokens import UserOf
from perfcompare.core import env, process
from perfcompare.core.stack import prefix


def application(
    name: str,
    title: str,
    *,
    lifespan: StatelessLifespan[FastAPI],
    user_of: UserOf,
    unavailable: Iterable[type[Exception]] = (),
) -> FastAPI:
    """The application of the stack called `name`. `unavailable` are its own errors that mean: no database."""
    return FastAPI(
        title=title,
        lifespan=lifespan,
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
        openapi_url=f"{prefix(name)}openapi.json",
        exception_handlers={**HANDLERS, **dict.fromkeys(unavailable, database_away)},
        responses=refusals(400, 429),
        dependencies=throttles(env.rate("THROTTLE_RATE"), name, user_of),
        middleware=[
            Middleware(AllowedHosts, env.words("ALLOWED_HOSTS", "127.0.0.1,localhost")),
            Middleware(LimitBodyASGI),
        ],
    )


def throttles(rate: str, name: str, user_of: UserOf) -> list[Dependency]:
    """Dependencies that limit each user and each anonymous address to `rate`, e.g. `1000/hour`; none for an empty
    rate."""
    if not rate:
        return []
    # Imported only when throttling is on, so that timed runs spend no memory on it.
    from perfcompare.contract.fastapi.throttling import Throttle

    return [Depends(Throttle(rate, name, user_of))]


def add_pages(app: FastAPI, name: str) -> None:
    """Add health and documentation. Endpoints come first, because routes are tried in turn."""

    async def health(_request: Request) -> JSONResponse:
        who = {"status": "ok", "stack": name, "nonce": env.text("PERFCOMPARE_NONCE", "none")}
        return JSONResponse({**who, "process": process.facts(debug=app.debug)})

    app.add_route("/health", health, include_in_schema=False)
    add_docs(app, prefix(name).rstrip("/"))
