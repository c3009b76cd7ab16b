"""django-filter without the form of what nobody filters by.

Changes: for each request, also for one without a query string, stock copies every filter of a FilterSet, makes a form
class with a field for each, copies the fields and cleans them. Here a filter that has no parameter, and that does
nothing then, is neither copied nor cleaned. That it does nothing is found by trying a copy of it once, and only where
its class, its field and its widget run code of Django and django-filter alone. Any other filter is copied, cleaned and
asked each time. When a parameter is bad, django-filter's own form says so. `filters` and `form` are made when somebody
asks for them, as when a page shows the form.

Not for FilterSets with a form of their own (`Meta.form`), or with their own `form`, `errors` or `get_form_class`: these
are left to django-filter.

Source: django_filters.filterset.BaseFilterSet; https://github.com/carltongibson/django-filter
"""

from __future__ import annotations

from typing import Final

from perfcompare.core.lever import Lever, with_app
from perfcompare.levers._versions import DJANGO, FILTERS, PYTHON

APP: Final = "perfcompare.levers.lean_filters"


LEVER = Lever(
    label="lean django-filter",
    changes="A filter without a parameter is neither copied nor cleaned, and no form is made for it.",
    costs="A page that shows the form makes it after the parameters were cleaned.",
    source="https://github.com/carltongibson/django-filter/blob/main/django_filters/filterset.py",
    lines=('INSTALLED_APPS += ["perfcompare.levers.lean_filters"]',),
    tested=(PYTHON, DJANGO, FILTERS),
    settings=with_app(APP),
)
