"""Compiled writes: the statements of a new row, an INSERT and the look for a value that is taken, made once.

What it changes
    `Model.save()` of a new row, and so `QuerySet.create()`: the INSERT of one row with plain values is compiled by
    Django once for each set of columns, and then run with new values bound by the server. DRF's UniqueValidator, for a
    new object, asks with one remembered statement in place of a filtered QuerySet that is compiled each time. And a
    ModelSerializer does not look for validators of several fields when its model can give none.
What it costs
    Some memory for the remembered statements.
What stays as it is
    Signals, `pre_save` of fields, errors and transactions: the same steps, with another way to the same SQL. Values
    that are expressions, columns with placeholders of their own, several rows at once, `ON CONFLICT`, logged or wrapped
    statements, managers with a `get_queryset` of their own and validators that exclude an existing object go through
    Django's compiler.
When not to use it
    With a library that replaces `QuerySet._insert` or the compiler of INSERTs: Django inserts then, as it always does.
Source
    https://github.com/django/django/blob/stable/5.2.x/django/db/models/sql/compiler.py;
    https://github.com/encode/django-rest-framework/blob/main/rest_framework/validators.py.
"""

from __future__ import annotations

from perfcompare.core.lever import Lever, with_app
from perfcompare.levers._versions import DJANGO, DRF, PSYCOPG, PYTHON

_APP = "perfcompare.levers.compiled_writes"


LEVER = Lever(
    label="compiled writes",
    changes="The INSERT of a new row and DRF's check that a value is not taken are compiled once and used again.",
    costs="Some memory for the remembered statements.",
    source="https://github.com/django/django/blob/stable/5.2.x/django/db/models/sql/compiler.py",
    lines=(f'INSTALLED_APPS += ["{_APP}"]',),
    tested=(PYTHON, DJANGO, PSYCOPG, DRF),
    settings=with_app(_APP),
)
