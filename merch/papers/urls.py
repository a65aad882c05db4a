"""Addresses of papers on the order's secret page."""

from django.urls import path

from merch.papers import views

app_name = "papers"
urlpatterns = [
    path("<str:token>/invoice/", views.invoice, name="invoice"),
    path("<str:token>/invoice/state/", views.state, name="state"),
    path("<str:token>/invoice.pdf", views.file, name="file"),
]
