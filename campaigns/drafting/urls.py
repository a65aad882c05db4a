"""Addresses of an organiser's own campaigns: how they are written and led through their life."""

from django.urls import URLPattern, URLResolver, path

from campaigns.drafting import amend_views, sending, step_views, views

app_name = "own"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.own_list, name="list"),
    path("new/", views.new, name="new"),
    path("<slug:slug>/edit/", views.edit, name="edit"),
    path("<slug:slug>/preview/", views.preview, name="preview"),
    path("<slug:slug>/pictures/", sending.pictures, name="pictures"),
    path("<slug:slug>/pictures/<int:picture_id>/remove/", sending.remove, name="remove_picture"),
    path("<slug:slug>/amend/", amend_views.amend, name="amend"),
    path("<slug:slug>/extend/", amend_views.extend, name="extend"),
    path("<slug:slug>/report/", amend_views.report, name="report"),
    path("<slug:slug>/step/<slug:act>/", step_views.step, name="step"),
]
