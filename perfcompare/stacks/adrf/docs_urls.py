"""The interactive documentation. Only the development server mounts it."""

from __future__ import annotations

from perfcompare.contract.drf_docs import documentation

urlpatterns = documentation("adrf", "Users with adrf")
