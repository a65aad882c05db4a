"""The catalogue as a table: written for a spreadsheet, read back with every fault by its row, applied as a whole."""
