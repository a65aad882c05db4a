"""Addresses of the downloads."""

from django.urls import path

from fund.reports.exports import views

app_name = "exports"
urlpatterns = [path("", views.download, name="download")]
