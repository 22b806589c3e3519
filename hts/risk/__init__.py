"""One pure function per check, limits, throttles, kill switch."""
