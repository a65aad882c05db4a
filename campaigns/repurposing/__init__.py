"""Money that can't be used as promised: two of the council say so, donors decide, each share is carried out."""
