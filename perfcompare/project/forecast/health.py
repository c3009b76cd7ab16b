"""The path at which an application of the forecast says that it is there, as a served project does."""

from __future__ import annotations

import json

from fastapi import FastAPI, Request, Response

from perfcompare.core import env, process
from perfcompare.project.served.health import PATH


def add_health(app: FastAPI) -> None:
    """Needed by what measures, and by nothing else."""

    async def health(_request: Request) -> Response:
        said = {"nonce": env.text("PERFCOMPARE_NONCE", "none"), "process": process.facts(debug=app.debug)}
        return Response(json.dumps(said), media_type="application/json")

    app.add_route(PATH, health, include_in_schema=False)
