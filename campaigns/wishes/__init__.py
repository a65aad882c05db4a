"""What donors ask of a gift they made, and payments that their bank takes back."""
