"""The versions of other people's packages that levers are tested with; each lever names those that concern it.

`tests/matrix` has the combinations of versions that are tried, and a test that they reach the ends of these ranges.
"""

from __future__ import annotations

from typing import Final

from perfcompare.core import versions
from perfcompare.core.versions import Range

PYTHON: Final = Range(versions.PYTHON, "3.11", "3.13")
DJANGO: Final = Range("Django", "5.2", "6.1")
ASGIREF: Final = Range("asgiref", "3.8.1", "3.13")
"""Only for `lean_asgi`, which gives a request's thread to asgiref."""
DRF: Final = Range("djangorestframework", "3.15.2", "3.18")
ADRF_VIEWS: Final = Range("adrf", "0.1.9", "0.1.14")
ADRF: Final = Range("adrf", "0.1.10", "0.1.14")
"""For what was another thing before: a nested object without a key was null, and generic views took no thread."""
FILTERS: Final = Range("django-filter", "24.3", "26.2")
NINJA: Final = Range("django-ninja", "1.4", "1.7")
PYDANTIC: Final = Range("pydantic", "2.10", "2.14")
PSYCOPG: Final = Range("psycopg", "3.2.3", "3.3", needed=False)
"""A project may use another database than PostgreSQL."""
PSYCOPG_WAKING: Final = Range("psycopg", "3.2.11", "3.3", needed=False)
"""Which wakes up whoever waits, each tenth of a second; earlier ones in C do not."""
ASYNCPG: Final = Range("asyncpg", "0.30", "0.32")
ORJSON: Final = Range("orjson", "3.10.11", "3.13")
DJANGO_REDIS: Final = Range("django-redis", "5.4", "7.0", needed=False)
"""A project may have Django's own back end."""
HIREDIS: Final = Range("hiredis", "3.0", "3.5")
