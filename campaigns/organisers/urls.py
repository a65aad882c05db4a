"""Addresses of organisers in public."""

from django.urls import path

from campaigns.organisers import views

app_name = "organisers"
urlpatterns = [
    path("", views.organiser_list, name="list"),
    path("<slug:slug>/", views.organiser_detail, name="detail"),
]
