"""The processes of the three services. They are known for embedded services, and unknown for those elsewhere."""

from __future__ import annotations

from collections.abc import Mapping

import psutil

from perfcompare.services import locations, urls
from perfcompare.services.upstream import Upstream


def roots(environ: Mapping[str, str]) -> dict[str, int | None]:
    """The root process of each service (`postgresql`, `redis`, `upstream`), or None when it is not embedded.

    `environ` holds DATABASE_URL, REDIS_URL and UPSTREAM_URL as the servers get them.
    """
    embedded = {
        "postgresql": _database(environ.get("DATABASE_URL", "")),
        "redis": _redis(environ.get("REDIS_URL", "")),
        "upstream": _upstream(environ.get("UPSTREAM_URL", "")),
    }
    return {service: _pid(service) if mine else None for service, mine in embedded.items()}


def _database(url: str) -> bool:
    """Any database of the embedded server."""
    return url.startswith("postgres") and urls.address(url) == urls.address(locations.database_url())


def _redis(url: str) -> bool:
    return bool(url) and urls.address(url) == urls.address(locations.redis_url())


def _upstream(url: str) -> bool:
    try:
        return url == Upstream().url()
    except OSError:
        return False


def _pid(service: str) -> int | None:
    try:
        pid = int(locations.pid_file(service).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return pid if psutil.pid_exists(pid) else None
