"""The machine and the software of a run: what a figure depends on besides the stack."""

from __future__ import annotations

import os
import platform
import re
import resource
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import psycopg
import redis

from perfcompare.core import env, surroundings
from perfcompare.core.errors import EnvironmentProblem
from perfcompare.core.measurement import Environment
from perfcompare.core.packages import version
from perfcompare.runner import cgroup, figures, pinning, procfs

_POSTGRESQL: Final = (
    "server_version",
    "max_connections",
    "fsync",
    "synchronous_commit",
    "shared_buffers",
    "jit",
)
_LOOK_S: Final = 0.3
_GOVERNOR: Final = Path("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")


def collect(environ: Mapping[str, str], *, workers: int = 1, root: Path = env.ROOT) -> Environment:
    """The facts about this machine now, as JSON; None for unknown ones.

    `environ` names the services as the servers get them; one that it does not name is not described. `root` is
    in the repository whose commit is described. Raises EnvironmentProblem when PostgreSQL or Redis does not answer.
    """
    return Environment(
        facts={
            "cpu_model": _cpu_model(),
            "cores": os.cpu_count(),
            "governor": _text(_GOVERNOR),
            "kernel": platform.release(),
            "system": platform.platform(),
            "python": f"{platform.python_implementation()} {platform.python_version()}",
            "packages": packages(),
            **_commit(root),
            "postgresql": _postgresql(environ["DATABASE_URL"]) if "DATABASE_URL" in environ else None,
            "redis": _redis(environ["REDIS_URL"]) if "REDIS_URL" in environ else None,
            "pinning": pinning.place(workers).describe(),
            "quota": cgroup.quota(),
            "nice": os.getpriority(os.PRIO_PROCESS, 0),
            "limits": {"open_files": list(resource.getrlimit(resource.RLIMIT_NOFILE))},
        },
        at_start={"load_average": list(os.getloadavg()), "busy": _busy()},
    )


def packages() -> dict[str, str | None]:
    """The installed version of every distribution that a requirements file names."""
    return {name: version(name) for name in sorted(_required(), key=str.lower)}


def _required() -> Iterator[str]:
    for file in env.ROOT.glob("requirements*.txt"):
        for line in file.read_text(encoding="utf-8").splitlines():
            if name := re.match(r"[A-Za-z0-9][\w.-]*", line):
                yield name.group()


def _cpu_model() -> str | None:
    lines = (_text(procfs.PROC / "cpuinfo") or "").splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), None)


def _text(file: Path) -> str | None:
    try:
        return file.read_text(encoding="utf-8").strip()
    except OSError:
        return None


def _commit(root: Path) -> dict[str, Any]:
    commit = _git(root, "rev-parse", "HEAD")
    changes = _git(root, "status", "--porcelain")
    return {"commit": commit, "dirty": None if changes is None else bool(changes)}


def _git(root: Path, *words: str) -> str | None:
    """The output of git; None without git or outside a repository."""
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *words],
            env=surroundings.child(os.environ),  # in a hook, GIT_DIR names the repository of the hook
            capture_output=True, encoding="utf-8", errors="replace",
        )  # fmt: skip
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _postgresql(url: str) -> dict[str, str]:
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            rows = connection.execute("SELECT name, setting || coalesce(unit, '') FROM pg_settings ORDER BY name")
            return {name: setting for name, setting in rows if name in _POSTGRESQL}
    except psycopg.Error as error:
        raise EnvironmentProblem(
            f"PostgreSQL cannot be used: {str(error).partition(chr(10))[0]}. Start it, or correct DATABASE_URL."
        ) from error


def _redis(url: str) -> dict[str, str]:
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=5) as client:
            return {"server_version": str(client.info("server")["redis_version"])}
    except redis.RedisError as error:
        raise EnvironmentProblem(f"Redis cannot be used: {error}. Start it, or correct REDIS_URL.") from error


def _busy() -> dict[str, float]:
    """The processes that used a processor before this run, and the share of each."""
    first = procfs.processes()
    time.sleep(_LOOK_S)
    shares = figures.busy(first, procfs.processes(), _LOOK_S, {first[os.getpid()].key})
    return {name: round(share, 2) for name, share in shares.items() if share >= 0.05}
