"""The shop's API, its schema and the admin."""

from __future__ import annotations

from catalog import api
from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView
from people.api import Me
from rest_framework.routers import DefaultRouter

router = DefaultRouter()
router.register("products", api.ProductViewSet)
router.register("categories", api.CategoryViewSet)
router.register("orders", api.OrderViewSet, basename="order")

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/v1/", include(router.urls)),
    path("api/v1/me", Me.as_view()),
    path("api/v1/now", api.Now.as_view()),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
]
