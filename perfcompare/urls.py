"""Where the reports are; each page is for staff."""

from __future__ import annotations

from django.urls import path

from perfcompare.views import profiles, reports, running

app_name = "perfcompare"
urlpatterns = [
    path("", reports.runs, name="runs"),
    path("<int:pk>/", reports.run, name="run"),
    path("<int:pk>/run.<str:name>", reports.download, name="download"),
    path("<int:pk>/recommendation/", reports.recommendation, name="recommendation"),
    path("compare/<int:before>/<int:after>/", reports.compare, name="compare"),
    path("start/", running.start, name="start"),
    path("starting/<int:pid>/", running.starting, name="starting"),
    path("starting/<int:pid>/state/", running.begun, name="begun"),
    path("<int:pk>/progress/", running.progress, name="progress"),
    path("<int:pk>/cancel/", running.cancel, name="cancel"),
    path("profile/", profiles.profile, name="profile"),
    path("profile/clear/", profiles.clear, name="clear_profiles"),
]
