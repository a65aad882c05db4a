"""The fund: its money, books, payments and reports."""
