"""The interactive documentation, mounted beside the paths by the development server only."""

from __future__ import annotations

from perfcompare.contract.drf_docs import documentation

urlpatterns = documentation("adrf", "Users with adrf")
