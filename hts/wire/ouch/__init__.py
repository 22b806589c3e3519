"""Order entry of the OUCH family over SoupBinTCP."""
