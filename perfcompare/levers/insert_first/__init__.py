"""Insert first: a new row is inserted without looking beforehand whether a unique value is taken.

What it changes
    For those that its option `serializers` names, `CreateModelMixin.create` of DRF puts off each UniqueValidator that
    asks what a unique constraint of the database will find out anyway. When the INSERT is refused, or other input is
    bad, the request's data is validated once more in the ordinary way, and that answer is given: the same errors, in
    the same words, as without the lever. Good input saves a statement and its wait.
What it costs
    Refused input is validated twice, and a refused INSERT leaves a gap in the sequence of ids.
What stays as it is
    Inside a transaction (ATOMIC_REQUESTS too, and one that was begun by hand), where a refused INSERT would end it,
    where there is a database router, for a database that is not the default one, for updates, for serializers of many
    objects, for `lookup="iexact"`, validators with a `filter_queryset` of their own and fields that are not unique
    in the database, validators ask first. So they do in adrf's `acreate`.
When not to use it
    For a serializer whose `create()`, or a view whose `perform_create()`, does something before its INSERT that must
    not happen for a value that is taken, or several INSERTs into its table; and for one that changes a value in such a
    way that it no longer meets the row it would have met. To name a serializer is to say that it does nothing of that
    kind.
Source
    https://www.postgresql.org/docs/18/index-unique-checks.html: the constraint is what decides, and a look beforehand
    cannot replace it (two requests may look before either inserts);
    https://github.com/encode/django-rest-framework/blob/main/rest_framework/mixins.py.
"""

from __future__ import annotations

from perfcompare.core.lever import Lever, with_app
from perfcompare.levers._versions import DJANGO, DRF, PYTHON

_APP = "perfcompare.levers.insert_first"


LEVER = Lever(
    label="insert first",
    changes="A new row is inserted without looking beforehand whether a unique value is taken; DRF's answer to one that"
    " is comes after the refused INSERT.",
    costs="Refused input is validated twice; not for a create() that does something else before its INSERT.",
    source="https://www.postgresql.org/docs/18/index-unique-checks.html",
    lines=(
        f'INSTALLED_APPS += ["{_APP}"]',
        'PERFCOMPARE["insert_first"] = {"serializers": ["app.serializers.UserSerializer"]}  # yours',
    ),
    tested=(PYTHON, DJANGO, DRF),
    settings=with_app(_APP),
    options="perfcompare.levers.insert_first.settings.Options",
)
