"""Serves Swagger UI from this machine, not from a CDN, with the files of django-ninja.

https://fastapi.tiangolo.com/how-to/custom-docs-ui-assets/
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse
from starlette.staticfiles import StaticFiles


def add_docs(app: FastAPI, prefix: str) -> None:
    """Serve the documentation of `app` at `prefix`/docs."""
    assets = f"{prefix}/docs-assets"

    async def docs(_request: Request) -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url=app.openapi_url or "",
            title=app.title,
            swagger_js_url=f"{assets}/swagger-ui-bundle.js",
            swagger_css_url=f"{assets}/swagger-ui.css",
            swagger_favicon_url=f"{assets}/favicon.png",
        )

    app.add_route(f"{prefix}/docs", docs, include_in_schema=False)
    app.mount(assets, StaticFiles(directory=_ninja_assets()))


def _ninja_assets() -> Path:
    # Finding a package does not import it.
    found = find_spec("ninja")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / "static" / "ninja"
