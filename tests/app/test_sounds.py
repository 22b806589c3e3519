import io
import wave

from hts.app.sounds import BEEP, RATE, TONES, Player, samples_of, wav_of


def test_every_tone_is_a_short_file_of_its_own():
    files = {name: wav_of(name, 50) for name in TONES}
    assert len(set(files.values())) == len(TONES)
    for name, content in files.items():
        with wave.open(io.BytesIO(content)) as sound:
            assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, RATE)
            length_s = sum(seconds for _, seconds in TONES[name])
            assert abs(sound.getnframes() / RATE - length_s) < 0.01
            assert length_s < 0.7


def test_tones_begin_and_end_in_silence_and_keep_to_the_volume():
    for name in TONES:
        loud, soft = samples_of(name, 100), samples_of(name, 10)
        assert loud[0] == loud[-1] == 0
        assert 15_000 < max(loud) <= 28_000
        assert max(soft) <= 2_800
        assert set(samples_of(name, 0)) == {0}


def test_without_a_player_the_system_beeps(monkeypatch):
    monkeypatch.setenv("PATH", "")
    beeps = []
    player = Player(lambda: beeps.append(1))
    assert player.way == BEEP
    assert player.play("fill", 50)
    assert not player.play("fill", 0)
    assert beeps == [1]


def test_a_player_gets_a_wav_and_no_more_than_two_at_once(tmp_path, monkeypatch):
    heard = tmp_path / "heard"
    program = tmp_path / "paplay"
    program.write_text(f'#!/bin/sh\ncat "$1" >> {heard}\nexec sleep 30\n', encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    player = Player(lambda: None)
    assert player.way == "paplay"
    assert [player.play("alert", 50) for _ in range(3)] == [True, True, False]
    player.close()
    assert player.play("fill", 50)
    player.close()
