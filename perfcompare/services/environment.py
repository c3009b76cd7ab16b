"""Sets the environment variables that name the three services, for as long as they are used."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Final

from perfcompare.core import surroundings
from perfcompare.services import urls
from perfcompare.services.lease import Lease

_SERVICES: Final = {"DATABASE_URL": "postgresql", "REDIS_URL": "redis", "UPSTREAM_URL": "upstream"}


@contextmanager
def provided(environ: MutableMapping[str, str]) -> Iterator[None]:
    """Keep the URLs that `environ` names, and set the others to embedded services for the duration.

    Meanwhile, variables that change how a service is reached are removed. Raises UsageError for a malformed URL, and
    EnvironmentProblem when a service cannot be started.
    """
    for variable in urls.VARIABLES:
        if environ.get(variable):
            urls.check(variable, environ[variable])
    with surroundings.without_clients_settings(environ):
        absent = [variable for variable in _SERVICES if not environ.get(variable)]
        if not absent:
            yield
            return
        with Lease() as lease:
            before = {variable: environ.get(variable) for variable in absent}
            environ.update({variable: lease.ask(_SERVICES[variable]) for variable in absent})
            try:
                yield
            finally:
                _restore(environ, before)


def _restore(environ: MutableMapping[str, str], before: dict[str, str | None]) -> None:
    for variable, value in before.items():
        if value is None:
            environ.pop(variable, None)
        else:
            environ[variable] = value
