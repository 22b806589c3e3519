"""The Korean venues on the engine: KRX and Nextrade."""
