"""Server (core side) and client (terminal side) of the core-terminal frames."""
