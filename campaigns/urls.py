"""Addresses of campaigns."""

from django.urls import URLPattern, URLResolver, path

from campaigns import views
from campaigns.finding import views as finding
from campaigns.spreading import views as spreading

app_name = "campaigns"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", finding.campaign_list, name="list"),
    path("map/", finding.campaign_map, name="map"),
    path("<slug:slug>/", views.campaign_detail, name="detail"),
    path("<slug:slug>/expenses/", views.expenses, name="expenses"),
    path("<slug:slug>/poster/", spreading.poster, name="poster"),
    path("<slug:slug>/widget/", spreading.widget, name="widget"),
    path("<slug:slug>/give/", views.give, name="give"),
]
