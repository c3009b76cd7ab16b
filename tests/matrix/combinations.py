"""The combinations of versions that the levers are tried with.

Without Django: `noxfile.py` reads them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True)
class Combination:
    """One environment."""

    name: str
    python: str
    pins: Mapping[str, str]
    is_tested: bool = True
    """Whether the levers' own tests are run as well: where most of the levers are off, they would find nothing."""
    untested: Sequence[str] = ()
    """Those of the levers' tests that are not run here, since they need what is off."""

    @property
    def requirements(self) -> Sequence[str]:
        """For pip."""
        return [f"{name}=={version}" for name, version in self.pins.items()]

    def version(self, distribution: str) -> str:
        """The version of a distribution, or of Python."""
        versions = {name.partition("[")[0]: version for name, version in self.pins.items()}
        return {"Python": self.python, **versions}[distribution]


LEVERS: Final = (
    *("api_middleware", "cached_bytes", "compiled_queries", "compiled_serializers", "compiled_writes"),
    *("database_connections", "database_json", "frozen_gc", "inline_middleware", "insert_first", "lean_asgi"),
    *("lean_drf", "lean_filters", "lean_ninja", "lean_wsgi", "native_async", "orjson_rendering", "token_cache"),
)

_EARLIER_WORDS: Final = (
    "lean_drf/test_response_release.py::test_the_content_is_that_of_drf[text/html]",
    "compiled_queries/test_prepared.py::test_what_is_prepared_no_longer_is_the_cursors",
)
"""Tests of what DRF and psycopg did in other words, or later: levers do what they do."""
OLDEST: Final = Combination(
    name="oldest",
    python="3.11",
    pins={
        **{"Django": "5.2", "djangorestframework": "3.15.2", "adrf": "0.1.9", "django-ninja": "1.4.0"},
        **{"pydantic": "2.10.0", "asgiref": "3.8.1", "psycopg[binary,pool]": "3.2.3", "asyncpg": "0.30.0"},
        **{"orjson": "3.10.11", "redis": "5.2.0", "hiredis": "3.0.0", "django-redis": "5.4.0"},
        "django-filter": "24.3",
    },
    untested=(
        # Parts that need a later adrf or psycopg are off.
        "compiled_serializers/test_asynchronous.py",
        "lean_drf/test_asynchronous.py::test_what_only_computes_takes_no_thread[Page]",
        "test_classes.py::test_json_has_the_same",
        "test_classes.py::test_check_says_so_too_and_fails_for_none_of_it",
        "test_replaced.py::test_every_part_is_active_with_the_tested_versions",
        "database_connections/test_answer_limit.py",
        "lean_drf/test_dispatch.py::test_an_attribute_that_nobody_has_is_missed_by_name",
        *_EARLIER_WORDS,
    ),
)
"""The oldest version that any lever is for of everything."""
LONG_TERM: Final = Combination(
    name="long_term",
    python="3.12",
    pins={
        **{"Django": "5.2.19", "djangorestframework": "3.16.1", "adrf": "0.1.10", "django-ninja": "1.6.0"},
        **{"pydantic": "2.10.6", "asgiref": "3.13.0", "psycopg[binary,pool]": "3.3.2", "asyncpg": "0.31.0"},
        **{"orjson": "3.11.9", "redis": "7.0.1", "hiredis": "3.3.1", "django-redis": "6.0.0"},
        "django-filter": "25.1",
    },
    untested=(
        # An adrf that enters no threads.
        "compiled_serializers/test_asynchronous.py::test_a_patch_of_the_name_that_adrf_enters_threads_by_is_called",
        *_EARLIER_WORDS,
    ),
)
"""The long-term Django with packages of a year ago."""
BETWEEN: Final = Combination(
    name="between",
    python="3.12",
    pins={
        **{"Django": "6.0.10", "djangorestframework": "3.17.2", "adrf": "0.1.12", "django-ninja": "1.5.3"},
        **{"pydantic": "2.12.5", "asgiref": "3.12.1", "psycopg[binary,pool]": "3.2.11", "asyncpg": "0.31.0"},
        **{"orjson": "3.12.0", "redis": "8.0.1", "hiredis": "3.4.2", "django-redis": "7.0.0"},
        "django-filter": "25.2",
    },
    untested=_EARLIER_WORDS,
)
NEWEST: Final = Combination(
    name="newest",
    python="3.13",
    pins={
        **{"Django": "6.1.3", "djangorestframework": "3.18.3", "adrf": "0.1.14", "django-ninja": "1.7.1"},
        **{"pydantic": "2.14.4", "asgiref": "3.13.0", "psycopg[binary,pool]": "3.3.9", "asyncpg": "0.32.0"},
        **{"orjson": "3.13.0", "redis": "8.1.0", "hiredis": "3.5.0", "django-redis": "7.0.0"},
        "django-filter": "26.2",
    },
)
BESIDE: Final = Combination(
    name="beside",
    python="3.12",
    pins={
        **{"Django": "5.2.19", "djangorestframework": "3.15.1", "adrf": "0.1.6", "django-ninja": "1.3.0"},
        **{"pydantic": "2.9.2", "asgiref": "3.8.1", "psycopg[binary,pool]": "3.1.18", "asyncpg": "0.29.0"},
        **{"orjson": "3.9.15", "redis": "5.0.1", "hiredis": "2.3.2", "django-redis": "5.3.0"},
        "django-filter": "24.2",
    },
    is_tested=False,
)
"""A tested Django, and everything else just out of its range."""
EARLIER: Final = Combination(
    name="earlier",
    python="3.11",
    pins={
        **{"Django": "4.2.30", "djangorestframework": "3.14.0", "adrf": "0.1.6", "django-ninja": "1.2.2"},
        **{"pydantic": "2.6.4", "asgiref": "3.7.2", "psycopg[binary,pool]": "3.1.18", "asyncpg": "0.29.0"},
        **{"orjson": "3.9.15", "redis": "5.0.1", "hiredis": "2.3.2", "django-redis": "5.3.0"},
        "django-filter": "23.5",
    },
    is_tested=False,
)
"""Out of every range: all levers are off, and nothing breaks."""

COMBINATIONS: Final = (OLDEST, LONG_TERM, BETWEEN, NEWEST, BESIDE, EARLIER)
