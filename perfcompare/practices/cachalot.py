"""django-cachalot: every query set is cached until one of its tables is written through the ORM."""

from __future__ import annotations

from perfcompare.core.lever import with_app
from perfcompare.core.practice import Practice

PRACTICE = Practice(
    label="django-cachalot",
    changes="The result of each query is kept in Redis until one of its tables is written through Django's ORM.",
    costs="It sees no write that bypasses Django: another program, raw SQL over another connection, a restored dump. A "
    "table that is written often is hardly ever cached. Each query asks Redis first.",
    source="https://django-cachalot.readthedocs.io/en/latest/quickstart.html",
    lines=("pip install django-cachalot", 'INSTALLED_APPS += ["cachalot"]'),
    settings=with_app("cachalot"),
    # not user_create: in a run other stacks write to the same tables without telling it
    scenarios=frozenset({"user_detail", "user_list", "protected", "dashboard"}),
    packages=("django-cachalot",),
)
