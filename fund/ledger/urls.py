"""Addresses of the books."""

from django.urls import URLPattern, URLResolver, path

from fund.ledger import views

app_name = "ledger"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.operations, name="operations"),
    path("accounts/", views.accounts, name="accounts"),
    path("operations/<int:number>/", views.operation, name="operation"),
]
