"""Addresses of the cart and the checkout."""

from django.urls import path

from merch.carts import checkout_views, views

app_name = "cart"
urlpatterns = [
    path("", views.cart, name="cart"),
    path("add/", views.add, name="add"),
    path("change/", views.change, name="change"),
    path("code/", views.code, name="code"),
    path("again/<slug:token>/", views.again, name="again"),
    path("checkout/", checkout_views.checkout, name="checkout"),
    path("checkout/total/", checkout_views.total, name="total"),
]
