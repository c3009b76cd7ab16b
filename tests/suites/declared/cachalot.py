"""Results of queries, cached by patches of the compiler."""

from __future__ import annotations

from tests.suites.suite import Suite

SUITE = Suite(
    package="django-cachalot==2.9.1",
    command=("runtests.py",),
    requirements=("django-debug-toolbar", "beautifulsoup4", "django-redis", "Jinja2", "pymemcache", "pytz"),
    environment={"DB_ENGINE": "postgresql", "CACHE_BACKEND": "locmem"},
    extensions=True,
)
