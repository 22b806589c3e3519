"""The loopback address: nothing of ours listens on any other one."""

from typing import Final

HOST: Final = "127.0.0.1"
