"""Django's tests of requests: middleware, views and the test client."""

from __future__ import annotations

from tests.suites.declared._django import django

SUITE = django(
    *("conditional_processing", "csrf_tests", "middleware", "middleware_exceptions", "requests_tests", "responses"),
    *("flatpages_tests", "generic_views", "redirects_tests", "shortcuts", "sitemaps_tests", "syndication_tests"),
    *("test_client", "test_client_regress", "urlpatterns", "urlpatterns_reverse", "view_tests", "logging_tests"),
    *("context_processors", "decorators", "file_uploads"),
    expects=("compiled_queries", "compiled_writes"),
)
