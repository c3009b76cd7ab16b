"""A site with a shop, as django-ninja-starter generates it. The contents are asynchronous from the view to the ORM."""

from __future__ import annotations

from tests.projects.processes import LOCKS
from tests.projects.project import Project
from tests.suites.suite import Installed

_TEMPLATE = "django_ninja_starter/template"
_APPS = {"DJANGO_CMS_ENABLED": "true", "DJANGO_SHOP_ENABLED": "true", "DJANGO_ENV_FILE": ""}

PROJECT = Project(
    about="Django Ninja under ASGI: `async def` views with the asynchronous ORM beside plain ones; nested schemas.",
    packages=(
        *("django-ninja-starter==2.1.1", "Django<6", "django-ninja", "cryptography>=45,<48", "PyJWT", "python-dotenv"),
        *("django-socio-grpc", "django-unfold", "strawberry-graphql-django", "httpx", "redis", "pyotp", "fakeredis"),
        *("websockets", "pytest", "pytest-django"),
    ),
    python="3.12",
    settings="config.settings.base",
    path=f"{_TEMPLATE}/src",
    interface="asgi",
    environment={**_APPS, "DJANGO_SECRET_KEY": "secret-of-more-than-thirty-two-bytes"},
    overlay={
        "WSGI_APPLICATION": None,
        "CMS_LANGUAGES": ("en-us", "fa"),
        # 120 requests a minute are soon over.
        "API_THROTTLE_ANON": "",
    },
    requests=(
        "/api/v1/cms/site",
        "/api/v1/cms/site?language=fa",
        "/api/v1/cms/pages",
        "/api/v1/cms/pages?language=fa",
        "/api/v1/cms/pages/{page}",
        "/api/v1/cms/pages/{page}?language=fa",
        "/api/v1/cms/pages/{large}",
        "/api/v1/cms/menus",
        "/api/v1/cms/menus/{menu}",
        "/api/v1/cms/sitemap.xml",
        "/api/v1/shop/categories",
        "/api/v1/shop/categories/{category}",
        "/api/v1/shop/products?limit=24",
        "/api/v1/shop/products?category={category}&sort=price_low&limit=10",
        "/api/v1/shop/products/{product}",
        "/api/v1/shop/brands",
    ),
    tests=Installed(
        package="django-ninja-starter==2.1.1",
        unpacked=True,
        folder=f"src/{_TEMPLATE}",
        lock=LOCKS / "ninja_starter.txt",
        python="3.12",
        command=(
            *("-m", "pytest", "-q", "-o", "addopts=", "src/apps/cms/tests"),
            *(f"src/apps/shop/tests/test_{one}.py" for one in ("api", "checkout", "marketplace", "variants")),
        ),
        environment={**_APPS, "DJANGO_SETTINGS_MODULE": "config.settings.test"},
        expects=("compiled_queries", "lean_ninja"),
    ),
)
