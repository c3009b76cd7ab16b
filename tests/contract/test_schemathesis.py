"""schemathesis with the contract's own document against every stack: all checks, fixed seed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import psycopg
import pytest
import redis

from perfcompare.contract.endpoints import ENDPOINTS
from perfcompare.core import env
from perfcompare.registries import scenarios, stacks
from perfcompare.scenarios._rows import rows
from perfcompare.targets.demonstration import differences
from tests.contract.conftest import DATASET, Environ, Restore, Serve
from users.dataset import FIRST_FREE_ID

DOCUMENT: Final = env.ROOT / "docs" / "openapi.json"
PROGRAM: Final = "import schemathesis.transport.asgi, schemathesis.cli; schemathesis.cli.schemathesis()"
"""Its workers import the first at once when they need it, and Python then gives one of them a module half made."""
CONFIGURATION: Final = Path(__file__).with_name("schemathesis.toml")
OFFERING: Final = [
    name for name, stack in stacks.items() if stack.scenarios >= ENDPOINTS and differences.checks(name, 422)
]
OTHERS: Final = [name for name in stacks if name not in OFFERING]
"""They offer a part, or check nothing: what they do not offer is not asked, and a 5xx alone is wrong where nothing is
checked."""


def _asked(stack: str) -> list[str]:
    """The options that say what is sent and what is wrong."""
    if not differences.checks(stack, 422):
        return ["--checks", "not_a_server_error"]
    paths = {scenarios[name].path for name in stacks[stack].scenarios}
    left_out = {scenarios[name].path for name in ENDPOINTS} - paths
    return ["--checks", "all", *(word for path in sorted(left_out) for word in ("--exclude-path", f"/{path}"))]


@pytest.mark.parametrize(
    "phases",
    [
        "fuzzing,stateful",
        # For minutes it makes the same boundary values for every stack.
        pytest.param("examples,coverage", marks=pytest.mark.acceptance),
    ],
)
@pytest.mark.parametrize("stack", [*OFFERING, *(pytest.param(one, marks=pytest.mark.acceptance) for one in OTHERS)])
def test_a8_schemathesis_finds_no_failure(
    serve: Serve,
    environ: Environ,
    restore: Restore,
    database: psycopg.Connection,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    stack: str,
    phases: str,
) -> None:
    restore()
    token = rows(DATASET).user(1).token
    report = env.state_folder() / "schemathesis" / f"{stack}.xml"
    report.parent.mkdir(parents=True, exist_ok=True)
    report.unlink(missing_ok=True)
    # Hypothesis makes tables of all characters first, for ten seconds of a processor, where it finds none. The other
    # tests keep theirs there.
    tables = {**os.environ, "HYPOTHESIS_STORAGE_DIRECTORY": str(env.ROOT / ".hypothesis")}
    with serve(stack, stacks[stack].server, environ) as server:
        done = subprocess.run(
            [
                *(sys.executable, "-c", PROGRAM, "--config-file", str(CONFIGURATION), "run", str(DOCUMENT)),
                *("--url", f"http://{server.host}:{server.port}{server.prefix.rstrip('/')}"),
                *("--header", f"Authorization: Token {token}", *_asked(stack)),
                *("--max-examples", str(request.config.getoption("examples")), "--seed", "1"),
                *("--generation-database", "none"),  # what one stack failed at is not drawn for the next one
                *("--report", "junit", "--report-junit-path", str(report), "--no-color", "--warnings", "off"),
                *("--workers", "4", "--phases", phases),
            ],
            cwd=tmp_path,
            env=tables,
            capture_output=True,
            text=True,
        )
    # Its users are at other domains than those that `restore` takes away, and cached pages hold them.
    database.execute("DELETE FROM users_user WHERE id >= %s", [FIRST_FREE_ID])
    restore()
    with redis.Redis.from_url(environ["REDIS_URL"]) as cache:
        cache.flushdb()

    assert done.returncode == 0, done.stdout + done.stderr
    assert "<testsuite" in report.read_text()
