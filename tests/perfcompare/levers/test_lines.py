from __future__ import annotations

from typing import Any

import pytest

from perfcompare.core.setting import no_settings
from perfcompare.registries import levers

PROJECT: dict[str, Any] = {
    "INSTALLED_APPS": ["a_project", "rest_framework"],
    "MIDDLEWARE": ["django.middleware.security.SecurityMiddleware", "a_project.Middleware"],
    "REST_FRAMEWORK": {
        "PAGE_SIZE": 5,
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer", "own.CSV"],
    },
    "PERFCOMPARE": {},
    "CACHES": {"default": {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": "redis://localhost"}},
    "DATABASES": {
        "default": {"ENGINE": "django.db.backends.postgresql", "NAME": "a", "OPTIONS": {"connect_timeout": 5}}
    },
}


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _copied(one) for name, one in value.items()}
    return [*map(_copied, value)] if isinstance(value, list) else value


def _is_in(less: Any, more: Any) -> bool:
    if isinstance(less, dict):
        return all(name in more and _is_in(value, more[name]) for name, value in less.items())
    return all(one in more for one in less) if isinstance(less, list) else less == more


@pytest.mark.parametrize("name", [name for name in sorted(levers) if levers[name].settings is not no_settings])
def test_the_lines_that_a_project_writes_do_what_the_lever_does_to_settings_and_drop_nothing(name: str) -> None:
    lever = levers[name]
    expected, written = _copied(PROJECT), _copied(PROJECT)
    lever.settings(expected)

    exec("\n".join(lever.lines), written)  # noqa: S102 - documented lines

    assert _is_in(expected, written)
