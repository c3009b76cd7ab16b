"""Django REST framework: each class that authenticates, permits, throttles, filters, pages, serializes or renders."""

from __future__ import annotations

from typing import Any, Final

from perfcompare.project.audit.instruments._instrument import Instrument
from perfcompare.project.audit.spans import Recorder
from perfcompare.project.audit.wrapping import below, definer, of_class, wrap, wrap_family

AROUND: Final = "DRF around the handler"


def _install(recorder: Recorder) -> None:
    from rest_framework import (
        authentication,
        filters,
        generics,
        pagination,
        permissions,
        renderers,
        request,
        serializers,
        throttling,
        views,
    )

    wrap(recorder, request.Request, ["_authenticate"], "authentication", "DRF")
    wrap_family(recorder, authentication.BaseAuthentication, ["authenticate"], "authentication", of_class)
    wrap_family(recorder, views.APIView, ["check_permissions", "check_object_permissions"], "permissions", "DRF")
    asked = ["has_permission", "has_object_permission"]
    wrap_family(recorder, permissions.BasePermission, asked, "permissions", of_class)
    wrap_family(recorder, views.APIView, ["check_throttles"], "throttles", "DRF")
    wrap_family(recorder, throttling.BaseThrottle, ["allow_request"], "throttles", of_class)
    wrap_family(recorder, views.APIView, ["initialize_request", "initial", "finalize_response"], "view", AROUND)
    wrap_family(recorder, generics.GenericAPIView, ["paginate_queryset"], "pagination", "DRF")
    wrap_family(recorder, pagination.BasePagination, ["paginate_queryset"], "pagination", of_class)
    wrap_family(recorder, filters.BaseFilterBackend, ["filter_queryset"], "filters", of_class)
    _filter_backends(recorder, generics.GenericAPIView)
    represented = ["to_representation", "get_fields"]
    wrap_family(recorder, serializers.BaseSerializer, represented, "serializers", _serializer)
    wrap_family(recorder, serializers.BaseSerializer, ["run_validation", "is_valid"], "validation", _serializer)
    wrap_family(recorder, renderers.BaseRenderer, ["render"], "rendering", of_class)


def _filter_backends(recorder: Recorder, views: type) -> None:
    """Those that inherit from nothing of DRF, such as django-filter's."""
    kinds = {backend for view in (views, *below(views)) for backend in getattr(view, "filter_backends", None) or ()}
    owners = {definer(kind, "filter_queryset") for kind in kinds if isinstance(kind, type)}
    for owner in owners:
        if owner is not None and not hasattr(vars(owner)["filter_queryset"], "__wrapped__"):
            wrap(recorder, owner, ["filter_queryset"], "filters", of_class)


def _serializer(it: Any) -> str:
    child = getattr(it, "child", None)
    return type(it).__name__ if child is None else type(child).__name__


INSTRUMENT: Final = Instrument(module="rest_framework.views", install=_install)
