"""OpenWISP IPAM: subnets and addresses of many organizations."""

from __future__ import annotations

from tests.projects.inside.plan import Plan
from tests.projects.processes import INSIDE, LOCKS
from tests.projects.project import Project
from tests.suites.suite import Installed

_APPS = (
    *("django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.messages"),
    *("django.contrib.staticfiles", "django.contrib.sites", "openwisp_users.accounts", "allauth", "allauth.account"),
    *("allauth.socialaccount", "django_extensions", "openwisp_users", "openwisp_ipam", "openwisp_utils"),
    *("openwisp_utils.admin_theme", "admin_auto_filters", "django.contrib.admin", "rest_framework"),
    *("rest_framework.authtoken", "django_filters", "reversion", "drf_yasg"),
)
_MIDDLEWARE = (
    *("django.middleware.security.SecurityMiddleware", "django.contrib.sessions.middleware.SessionMiddleware"),
    *("django.middleware.common.CommonMiddleware", "django.middleware.csrf.CsrfViewMiddleware"),
    *("django.contrib.auth.middleware.AuthenticationMiddleware", "allauth.account.middleware.AccountMiddleware"),
    *("django.contrib.messages.middleware.MessageMiddleware", "django.middleware.clickjacking.XFrameOptionsMiddleware"),
)
_PROCESSORS = tuple(
    f"django.{one}"
    for one in (
        *("template.context_processors.debug", "template.context_processors.request"),
        *("contrib.auth.context_processors.auth", "contrib.messages.context_processors.messages"),
    )
)
_OVERLAY = {
    "SECRET_KEY": "secret",
    "INSTALLED_APPS": _APPS,
    "MIDDLEWARE": _MIDDLEWARE,
    "ROOT_URLCONF": "project_inside.urls.openwisp_ipam",
    "AUTH_USER_MODEL": "openwisp_users.User",
    "SITE_ID": 1,
    "LANGUAGE_CODE": "en",
    "USE_TZ": True,
    "TEMPLATES": (
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {
                "loaders": ("django.template.loaders.app_directories.Loader",),
                "context_processors": _PROCESSORS,
            },
        },
    ),
    # 400 requests an hour are soon over.
    "REST_FRAMEWORK": {"DEFAULT_THROTTLE_RATES": {"anon": None, "ipam": None}},
    "STATIC_URL": "/static/",
    "CACHES": {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
    "CELERY_TASK_ALWAYS_EAGER": True,
    "CELERY_BROKER_URL": "memory://",
    "PASSWORD_HASHERS": ("django.contrib.auth.hashers.MD5PasswordHasher",),
}

PROJECT = Project(
    about="DRF generic views, filters and permissions by organization, DRF tokens; UUID keys, INET columns.",
    packages=("openwisp-ipam==1.3.1",),
    overlay=_OVERLAY,
    requests=(
        "/api/v1/ipam/subnet/",
        "/api/v1/ipam/subnet/?page_size=10",
        "/api/v1/ipam/subnet/{subnet}/",
        "/api/v1/ipam/subnet/{subnet}/ip-address/",
        "/api/v1/ipam/subnet/{subnet}/hosts/",
        "/api/v1/ipam/subnet/{subnet}/get-next-available-ip/",
        "/api/v1/ipam/subnet/{large}/",
        "/api/v1/ipam/subnet/{large}/ip-address/",
        "/api/v1/ipam/subnet/{large}/get-next-available-ip/",
        "/api/v1/ipam/ip-address/{address}/",
    ),
    also=("token_cache",),
    tests=Installed(
        package="openwisp-ipam==1.3.1",
        lock=LOCKS / "openwisp_ipam.txt",
        # Not test_commands: it ends the connection of the tests after it, unless that is SQLite in memory.
        command=(
            *("-m", "django", "test", "--noinput"),
            *(f"openwisp_ipam.tests.test_{one}" for one in ("api", "forms", "models", "multitenant")),
        ),
        environment=Plan(overlay=_OVERLAY).told(),
        beside={"project_inside": INSIDE},
        expects=("compiled_queries", "compiled_serializers", "compiled_writes", "lean_drf"),
    ),
)
