"""The brand manager's desk: orders, products, stock, what sold, the catalogue as a table."""
