"""Papers of orders: the buyer's invoice and the brand manager's packing lists, made by the worker."""
