"""KRX market data records (fixed ASCII) and our packet header, retransmission and snapshot (docs/wire/krx_md.md)."""
