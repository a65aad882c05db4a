"""The souvenir shop of the city's brand: what there is, how it is bought, how it is looked after."""
