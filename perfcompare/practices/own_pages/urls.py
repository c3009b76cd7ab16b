"""The paths of the stack `drf`, with a list of users that pages by hand."""

from __future__ import annotations

from typing import Any

from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response

from perfcompare.contract.drf_input import LimitOffsetQuery
from perfcompare.stacks.drf import urls, views


class UserListView(views.UserListView):
    """The list of users."""

    pagination_class = None

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Count, slice and serialize."""
        query = LimitOffsetQuery(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        first, rows = query.validated_data["offset"], self.get_queryset()
        page = self.get_serializer(rows[first : first + query.validated_data["limit"]], many=True)
        return Response({"count": rows.count(), "results": page.data})


urlpatterns = [path("users", UserListView.as_view()), *urls.urlpatterns]
