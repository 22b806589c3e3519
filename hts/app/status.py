"""`hts status`: what runs in a home directory."""

import argparse
import json

from hts.app.paths import home_directory, home_paths, read_token
from hts.app.supervisor import ask
from hts.io.lockfile import LockFile


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `hts status`."""
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")


def run(options: argparse.Namespace) -> int:
    """0 when everything runs, 1 when not."""
    paths = home_paths(home_directory(options.home))
    children = []
    if LockFile(paths.lock).holder() is not None:
        children = ask(paths.control_socket, read_token(paths.token), "status")["children"]
    if options.json:
        print(json.dumps({"home": str(paths.home), "children": children}))
    elif not children:
        print(f"nothing runs in {paths.home}")
    for child in [] if options.json else children:
        print(f"{child['name']:10} {child['state']:8} process {child['pid']}, restarts {child['restarts']}")
    return 0 if children and all(child["state"] == "running" for child in children) else 1
