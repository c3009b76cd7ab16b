"""The paths of this stack, below its prefix."""

from __future__ import annotations

from perfcompare.contract.drf_urls import urls
from perfcompare.stacks.drf import views

urlpatterns = urls(views)
