"""`python -m hts.app`: the same as `hts`; the entry point of the frozen program."""

import sys

from hts.app.cli import main

if __name__ == "__main__":
    sys.exit(main())
