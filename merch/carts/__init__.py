"""From the first souvenir in the cart to the order: what is wanted, what it costs, where it goes."""
