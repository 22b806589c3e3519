"""A screen in memory: real keys go in, pixels come out."""

import os
import shutil
import struct
import subprocess

import numpy as np
from PySide6.QtGui import QImage

WIDTH, HEIGHT = 1920, 1080
NEEDED = ("Xvfb", "xdotool")
MISSING = [name for name in NEEDED if shutil.which(name) is None]
PATIENCE_S = 20
HEADER_WORDS = 25  # XWDFileHeader in X11/XWDFile.h: 25 words, big-endian
COLOUR_BYTES = 12
OPAQUE = 0xFFFFFF


class Screen:
    """Xvfb on a display of its own, which writes what it shows into a file."""

    def __init__(self, directory):
        self.directory = directory
        reader, writer = os.pipe()
        words = ["-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-fbdir", str(directory), "-displayfd", str(writer)]
        self.process = subprocess.Popen(
            ["Xvfb", *words, "-nolisten", "tcp", "-noreset"],
            pass_fds=(writer,),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(writer)
        with os.fdopen(reader) as said:
            self.display = f":{int(said.readline())}"
        self._pixels = directory / "Xvfb_screen0"

    @property
    def environment(self):
        """For a program that shows itself here."""
        usual = {key: value for key, value in os.environ.items() if not key.startswith(("QT_", "WAYLAND_", "XAUTH"))}
        return {**usual, "DISPLAY": self.display}

    def press(self, *keys):
        """Keys in xdotool's spelling, to whatever has the keyboard."""
        subprocess.run(["xdotool", "key", *keys], env=self.environment, timeout=PATIENCE_S, check=True)

    def mouse(self, *words):
        """What the mouse does, in xdotool's words."""
        command = ["xdotool", *map(str, words)]
        subprocess.run(command, env=self.environment, timeout=PATIENCE_S, check=True)

    def pixels(self):
        """What is shown now: rows of red, green and blue in one number each."""
        data = self._pixels.read_bytes()
        header = struct.unpack_from(f">{HEADER_WORDS}I", data)
        size, height, row_bytes, colours = header[0], header[5], header[12], header[19]
        flat = np.frombuffer(data, np.uint32, height * row_bytes // 4, size + colours * COLOUR_BYTES)
        return flat.reshape(height, row_bytes // 4)[:, :WIDTH] & OPAQUE

    def count(self, *colours):
        """Pixels of exactly one colour, for the rarest of some colours."""
        shown = self.pixels()
        return min(int((shown == colour.rgb() & OPAQUE).sum()) for colour in colours)

    def save(self, path):
        """A picture of it, for people."""
        data = np.ascontiguousarray(self.pixels()).tobytes()
        QImage(data, WIDTH, HEIGHT, WIDTH * 4, QImage.Format.Format_RGB32).save(str(path))

    def stop(self):
        self.process.terminate()
        self.process.wait(PATIENCE_S)
