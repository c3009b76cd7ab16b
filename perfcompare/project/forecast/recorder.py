"""Records the project's requests in a child process of the project."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Final

from perfcompare.core.errors import EnvironmentProblem
from perfcompare.core.http import NOTHING
from perfcompare.core.packages import installed
from perfcompare.project.forecast.recording import Recording, of_json
from perfcompare.project.project import Project
from perfcompare.project.requests import ProjectRequest, RequestFile

CHILD: Final = "perfcompare.project.forecast.child"
PACKAGES: Final = ("asyncpg", "fastapi", "uvicorn")
UNSAFE: Final = "it may change the database, and --unsafe is not given"


def record(
    project: Project, file: RequestFile, headers: Mapping[str, Mapping[str, str]], *, unsafe: bool = False
) -> Recording:
    """Send each request twice, record the second one, and try its statements with asyncpg in a read-only transaction.

    `headers` are those of each login by its name. Requests that may change something are sent with `unsafe` only.
    EnvironmentProblem holds the end of the child's errors, or the packages that are missing.
    """
    if missing := [name for name in PACKAGES if not installed(name)]:
        raise EnvironmentProblem(f"The forecast needs {', '.join(missing)}: pip install {' '.join(missing)}")
    wanted = [one for one in file.requests if one.safe or unsafe]
    sent = json.dumps([_request(one, headers.get(one.login, NOTHING)) for one in wanted])
    child = subprocess.run(
        [sys.executable, "-m", CHILD],
        input=sent,
        cwd=project.root,
        env=project.environment(application=project.applications["wsgi"]),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if child.returncode:
        raise EnvironmentProblem(f"The project's requests could not be recorded:\n{child.stderr[-3000:]}")
    found = json.loads(child.stdout)
    absent = {one.name: UNSAFE for one in file.requests if one not in wanted}
    return of_json({**found, "absent": {**absent, **found["absent"]}}, found["databases"])


def _request(one: ProjectRequest, headers: Mapping[str, str]) -> Mapping[str, object]:
    sent = one.request(headers).headers
    return {"name": one.name, "method": one.method, "path": one.path, "headers": sent, "body": one.body}
