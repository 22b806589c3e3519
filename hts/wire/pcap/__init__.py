"""Captured packets (classic pcap): file, headers down to TCP and UDP, byte streams in order."""
