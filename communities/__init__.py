"""The directory of the city's communities."""
