"""The only sockets, files and real clocks. Bytes and time; knows no message."""
