"""What the kernel says of processes: their trees, command lines and listening sockets."""

import time
from pathlib import Path

PROC = Path("/proc")
LISTENING = {"tcp": "0A", "tcp6": "0A", "udp": "07", "udp6": "07"}
PATIENCE_S = 30


def until(is_so, what, pause_s=0.02):
    """Look, with pauses, until the question is answered with something true, and return that."""
    deadline = time.monotonic() + PATIENCE_S
    while not (found := is_so()):
        assert time.monotonic() < deadline, f"{what}: did not come about"
        time.sleep(pause_s)
    return found


def parents():
    """Process id of each living process -> its parent's."""
    found = {}
    for path in PROC.iterdir():
        if path.name.isdigit():
            fields = read(path / "stat").rpartition(")")[2].split()
            if fields and fields[0] != "Z":
                found[int(path.name)] = int(fields[1])
    return found


def tree(root):
    """A process and all its descendants."""
    above = parents()
    members = {root} & above.keys()
    while grown := {pid for pid, parent in above.items() if parent in members} - members:
        members |= grown
    return members


def command_line(pid):
    return read(PROC / str(pid) / "cmdline").replace("\0", " ").strip()


def program(pid):
    """The name that ps shows."""
    return read(PROC / str(pid) / "comm").strip()


def listeners(pids):
    """(program, protocol, address in hexadecimal, port) of every socket that waits for peers."""
    owners = {}
    for pid in pids:
        for link in links(PROC / str(pid) / "fd"):
            if link.startswith("socket:["):
                owners[link[8:-1]] = program(pid)
    found = set()
    for protocol, state in LISTENING.items():
        for line in read(PROC / "net" / protocol).splitlines()[1:]:
            fields = line.split()
            address, _, port = fields[1].rpartition(":")
            if fields[3] == state and fields[9] in owners:
                found.add((owners[fields[9]], protocol, address, int(port, 16)))
    return found


def is_loopback(address):
    """/proc/net writes each word of an address in the machine's byte order."""
    data = b"".join(bytes.fromhex(address[i : i + 8])[::-1] for i in range(0, len(address), 8))
    return data[0] == 127 if len(data) == 4 else data == bytes(15) + b"\1"


def read(path):
    """Empty when the process has gone."""
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""


def links(directory):
    """Where the links of a directory lead, as far as they could be read."""
    try:
        return [str(path.readlink()) for path in directory.iterdir()]
    except OSError:
        return []
