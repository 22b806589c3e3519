"""What Nasdaq does differently: the crosses, limit up and limit down, the short-sale price test."""
