"""Compiled queries: the SQL of a QuerySet's shape, and the code that builds its results, made once.

What it changes
    `get`, `count`, `exists` and the evaluation of QuerySets. Queries that differ in nothing but their values share
    one plan: the SQL from Django's own compiler, and straight code for making the instances, dictionaries or
    tuples. `get()` with simple arguments does not even make the filtered QuerySet, nor does a related manager add
    its filter to a query. `prefetch_related` of foreign keys compares with one array instead of as many parameters
    as rows, and makes the related instances when somebody wants them; for relations many to many it makes no
    QuerySet for each instance. An instance that `select_related` joins one to one is told of the other when
    somebody takes it, and not before. With `native_async` the asynchronous reads use the same plans. A statement
    that psycopg has prepared is sent without a psycopg cursor, lists of whole numbers are written at once, and
    times in UTC are read by Python's own `datetime.fromisoformat`.
What it costs
    Up to some thousand remembered plans. Statements of prefetches read `= ANY(…)` instead of `IN (…)` on
    the server; who looks at statements in the process sees Django's.
What stays as it is
    Only what is known in every attribute has a shape: columns of the model, and of those that plain foreign keys
    join, compared with plain values or short lists of them. Annotations, expressions, subqueries, `extra`, unions,
    locking and any attribute that a later Django adds go through Django's compiler. Models with a constructor,
    `from_db` or descriptors of their own, and those whose `pre_init` or `post_init` somebody listens to, are built
    by Django's own iterables. Which statements are prepared is up to psycopg; a cursor sends what is not, whatever
    needs a BEGIN first, and everything in a pipeline. What others override or patch on the way (database wrappers,
    cursors, compilers, QuerySets, managers, models) and database routers make Django ask, as `manage.py perfcompare
    levers` says.
When not to use it
    With a library that replaces the same methods of QuerySet: the lever is no help there.
Source
    https://github.com/django/django/blob/stable/5.2.x/django/db/models/sql/compiler.py; SQLAlchemy does the same:
    https://docs.sqlalchemy.org/en/20/core/connections.html#sql-compilation-caching
"""

from __future__ import annotations

from perfcompare.core.lever import Lever, with_app
from perfcompare.levers._versions import DJANGO, PSYCOPG, PYTHON

_APP = "perfcompare.levers.compiled_queries"


LEVER = Lever(
    label="compiled queries",
    changes="The SQL of a QuerySet's shape and the code that builds its results are made once and used again.",
    costs="Some memory for the remembered plans; prefetches of foreign keys read = ANY(…) instead of IN (…).",
    source="https://docs.sqlalchemy.org/en/20/core/connections.html#sql-compilation-caching",
    lines=(f'INSTALLED_APPS += ["{_APP}"]',),
    tested=(PYTHON, DJANGO, PSYCOPG),
    settings=with_app(_APP),
)
