"""Where the reports are; each page is for staff."""

from __future__ import annotations

from django.urls import path, register_converter

from perfcompare.views import profiles, reports, running
from perfcompare.views.converters import Id, Pid

register_converter(Id, "id")
register_converter(Pid, "pid")

app_name = "perfcompare"
urlpatterns = [
    path("", reports.runs, name="runs"),
    path("<id:pk>/", reports.run, name="run"),
    path("<id:pk>/run.<str:name>", reports.download, name="download"),
    path("<id:pk>/recommendation/", reports.recommendation, name="recommendation"),
    path("compare/<id:before>/<id:after>/", reports.compare, name="compare"),
    path("start/", running.start, name="start"),
    path("starting/<pid:pid>/", running.starting, name="starting"),
    path("starting/<pid:pid>/state/", running.begun, name="begun"),
    path("<id:pk>/progress/", running.progress, name="progress"),
    path("<id:pk>/cancel/", running.cancel, name="cancel"),
    path("profile/", profiles.profile, name="profile"),
    path("profile/clear/", profiles.clear, name="clear_profiles"),
]
