"""Addresses of the public reports."""

from django.urls import path

from fund.reports import views

app_name = "reports"
urlpatterns = [
    path("", views.report_list, name="list"),
    path("<int:number>/", views.report, name="report"),
    path("<int:number>/state/", views.report_state, name="state"),
    path("<int:number>.pdf", views.report_file, name="file"),
]
