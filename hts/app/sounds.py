"""Short tones, synthesised here, played by whatever this machine has.

No file of sounds ships: a tone is two or three notes with a soft begin and end, made once per volume and kept in a
private directory while the terminal runs. Played by Windows' own player, by a small program (paplay, pw-play, aplay,
afplay), or by Qt's beep, which knows one sound and no volume.
"""

import io
import math
import shutil
import struct
import subprocess
import sys
import tempfile
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Final

RATE: Final = 22_050
FADE_S: Final = 0.006  # without it a tone begins and ends with a click
PROGRAMS: Final = (("paplay", ()), ("pw-play", ()), ("aplay", ("-q",)), ("afplay", ()))
PLAYING_MAX: Final = 2
BEEP: Final = "beep"

# Name -> notes: frequency in Hz (0 is a pause), length in seconds.
TONES: Final = {
    "fill": ((880, 0.07), (1_175, 0.09)),
    "refusal": ((330, 0.11), (262, 0.16)),
    "alert": ((988, 0.08), (0, 0.04), (988, 0.08)),
    "down": ((440, 0.14), (330, 0.14), (220, 0.24)),
    "up": ((440, 0.09), (587, 0.09), (784, 0.12)),
}


def samples_of(name: str, volume: int) -> list[int]:
    """A tone as 16-bit samples; `volume` in percent."""
    samples: list[int] = []
    for hertz, length_s in TONES[name]:
        count = int(RATE * length_s)
        fade = max(int(RATE * FADE_S), 1)
        for i in range(count):
            edge = min(1.0, i / fade, (count - 1 - i) / fade)
            # A second harmonic makes it carry on a small loudspeaker.
            turn = 2 * math.pi * hertz * i / RATE
            level = (math.sin(turn) + 0.25 * math.sin(2 * turn)) / 1.25
            samples.append(round(28_000 * volume / 100 * edge * level))
    return samples


def wav_of(name: str, volume: int) -> bytes:
    """A tone as a WAV file: mono, 16 bit."""
    samples = samples_of(name, volume)
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return file.getvalue()


class Player:
    """`way` says what plays: a program's name, "winsound" or BEEP."""

    def __init__(self, beep: Callable[[], None]) -> None:
        self._beep = beep
        self._programs = [(path, words) for name, words in PROGRAMS if (path := shutil.which(name)) is not None]
        self._directory: tempfile.TemporaryDirectory[str] | None = None
        self._files: dict[tuple[str, int], Path] = {}
        self._playing: list[subprocess.Popen[bytes]] = []

    @property
    def way(self) -> str:
        if sys.platform == "win32":
            return "winsound"
        return Path(self._programs[0][0]).name if self._programs else BEEP

    def play(self, name: str, volume: int) -> bool:
        """Begin to play and return at once; False when nothing is played."""
        self._playing = [one for one in self._playing if one.poll() is None]
        if volume <= 0 or len(self._playing) >= PLAYING_MAX:
            return False
        if sys.platform == "win32":
            import winsound

            winsound.PlaySound(str(self._file(name, volume)), winsound.SND_FILENAME | winsound.SND_ASYNC)
        elif self._programs:
            program, words = self._programs[0]
            self._playing.append(
                subprocess.Popen(  # noqa: S603  found on the path by its name, with a file of ours
                    [program, *words, str(self._file(name, volume))],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            )
        else:
            self._beep()
        return True

    def _file(self, name: str, volume: int) -> Path:
        key = (name, volume)
        if key not in self._files:
            if self._directory is None:
                self._directory = tempfile.TemporaryDirectory(prefix="hts-sounds-")
            path = self._files[key] = Path(self._directory.name) / f"{name}-{volume}.wav"
            path.write_bytes(wav_of(name, volume))
        return self._files[key]

    def close(self) -> None:
        """End; what still plays is stopped."""
        for one in self._playing:
            one.kill()
            one.wait()
        self._playing.clear()
        if self._directory is not None:
            self._directory.cleanup()
            self._directory = None
        self._files.clear()
