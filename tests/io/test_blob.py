"""A file that is replaced as a whole."""

import os

import pytest

from hts.base.errors import StorageError
from hts.io.blob import FileBlob


def test_nothing_then_one_content_then_another(tmp_path):
    blob = FileBlob(tmp_path / "made" / "file")
    assert blob.read() is None
    blob.replace(b"one")
    blob.replace(b"two")
    assert blob.read() == b"two"
    assert [path.name for path in (tmp_path / "made").iterdir()] == ["file"]
    if os.name == "posix":
        assert ((tmp_path / "made").stat().st_mode & 0o777, (tmp_path / "made/file").stat().st_mode & 0o777) == (
            0o700,
            0o600,
        )


def test_a_refused_write_leaves_the_old_content_and_nothing_beside_it(tmp_path, monkeypatch):
    blob = FileBlob(tmp_path / "file")
    blob.replace(b"one")

    def refuse(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("hts.io.blob.os.fsync", refuse)
    with pytest.raises(StorageError, match="No space left"):
        blob.replace(b"two")
    assert (blob.read(), [path.name for path in tmp_path.iterdir()]) == (b"one", ["file"])
