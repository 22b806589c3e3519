"""MoldUDP64 1.00: sending, receiving on two lines, asking again."""
