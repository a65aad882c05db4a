"""Addresses of orders: secret links, and the way back from ЮKassa."""

from django.urls import path

from fund.sales import return_views, views

app_name = "orders"
urlpatterns = [
    path("back/<uuid:reference>/", views.back, name="back"),
    path("<slug:token>/", views.order, name="order"),
    path("<slug:token>/state/", views.state, name="state"),
    path("<slug:token>/cancel/", views.cancel, name="cancel"),
    path("<slug:token>/received/", views.received, name="received"),
    path("<slug:token>/return/", return_views.ask, name="ask_return"),
    path("<slug:token>/return/drop/", return_views.drop, name="drop_return"),
]
