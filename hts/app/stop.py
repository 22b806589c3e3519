"""`hts stop`: an orderly end of core and simulator."""

import argparse

from hts.app.paths import home_directory, home_paths
from hts.app.processes import stop_running


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No options but --home."""


def run(options: argparse.Namespace) -> int:
    """0, also when nothing ran."""
    paths = home_paths(home_directory(options.home))
    print("stopped" if stop_running(paths) else f"nothing ran in {paths.home}")
    return 0
