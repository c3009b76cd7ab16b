"""Where the reports are; each page is for staff."""

from __future__ import annotations

from django.urls import path

from perfcompare import views

app_name = "perfcompare"
urlpatterns = [
    path("", views.runs, name="runs"),
    path("<int:pk>/", views.run, name="run"),
    path("<int:pk>/run.<str:name>", views.download, name="download"),
]
