"""The suite's settings, as a project with PostgreSQL and the levers would have them; its own files stay as they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .declared import declared


def begin(database: dict[str, str], suite: str, levers: Sequence[str]) -> None:
    """Change them as soon as they are there, by whatever way they come."""
    from django.conf import LazySettings

    lazy: Any = LazySettings
    for name in ("_setup", "configure"):
        setattr(lazy, name, _then(getattr(lazy, name), database, suite, levers))


def database_name(suite: str, alias: str) -> str:
    """The database of an alias; Django's test database has `test_` before it."""
    return f"suite_{suite}_{alias}"


def _then(method: Any, database: dict[str, str], suite: str, levers: Sequence[str]) -> Any:
    def configured(self: Any, *args: Any, **kwargs: Any) -> Any:
        answer = method(self, *args, **kwargs)
        settings = self._wrapped
        settings.DATABASES = {alias: _moved(one, alias, database, suite) for alias, one in settings.DATABASES.items()}
        _apply(settings, levers)
        _without_icu()
        return answer

    return configured


def _without_icu() -> None:
    """Django's tests name collations of ICU, which the embedded PostgreSQL does not have."""
    from django.db.backends.postgresql.features import DatabaseFeatures

    DatabaseFeatures.test_collations = dict.fromkeys(DatabaseFeatures.test_collations, "C")


def _moved(given: dict[str, Any], alias: str, database: dict[str, str], suite: str) -> dict[str, Any]:
    """A database of the embedded PostgreSQL, with the suite's own options where it is one for PostgreSQL."""
    engine = given.get("ENGINE", "")
    if not given or engine.endswith(".dummy"):
        return given
    place = {**database, "NAME": database_name(suite, alias)}
    tests = {name: value for name, value in given.get("TEST", {}).items() if name != "NAME"}
    if "sqlite" in engine or "mysql" in engine:
        given = {name: value for name, value in given.items() if name != "OPTIONS"}
        place["ENGINE"] = "django.db.backends.postgresql"
    return {**given, **place, "TEST": tests}


def _apply(settings: Any, levers: Sequence[str]) -> None:
    """What each lever does to settings, but for apps and middleware, which suites set later: see `installing`."""
    names = ("DATABASES", "REST_FRAMEWORK", "CACHES", "PERFCOMPARE")
    before = {name: getattr(settings, name) for name in names if hasattr(settings, name)}
    # To drop a test database on a busy machine takes longer than the lever waits for an answer unless it is told.
    after = {"PERFCOMPARE": {"database_connections": {"answer_timeout_s": 60}}, **before}
    for lever in levers:
        declared(lever).settings(after)
    for name, value in after.items():
        if name in names and value != before.get(name):
            setattr(settings, name, value)
