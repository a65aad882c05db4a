"""What a person means to buy, on whichever device; who is not signed in carries it in a cookie."""

from __future__ import annotations

from django.db import models


class Cart(models.Model):
    """One person's cart: ``content`` is what :mod:`merch.carts.basket` writes. It holds no goods back."""

    user = models.OneToOneField("people.User", models.CASCADE, related_name="cart")
    content = models.JSONField(default=dict)
    touched_at = models.DateTimeField()

    class Meta:
        """How forgotten carts are found."""

        indexes = [models.Index(fields=["touched_at"], name="cart_oldest")]

    def __str__(self) -> str:
        return f"cart {self.pk}"
