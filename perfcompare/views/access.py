"""Who may see a page: staff. A page that changes something needs a permission as well."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.admin.views.decorators import staff_member_required
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.views.decorators.http import require_POST, require_safe

View = Callable[..., HttpResponse]


def page(view: View) -> View:
    """A read-only page for staff."""
    return staff_member_required(require_safe(view))


def change(permission: str) -> Callable[[View], View]:
    """The action of a button, for staff with `perfcompare.<permission>`. Other staff get 403."""
    return lambda view: form(permission)(require_POST(view))


def form(permission: str) -> Callable[[View], View]:
    """A page with a form, for staff with `perfcompare.<permission>`. Other staff get 403."""
    allowed = permission_required(f"perfcompare.{permission}", raise_exception=True)
    return lambda view: staff_member_required(allowed(view))
