"""SoupBinTCP 3.00, both sides."""
