import signal

import pytest

from hts.app.start import held_signals


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_that_comes_while_code_is_loaded_is_answered_afterwards(number):
    before = signal.signal(number, signal.default_int_handler)
    done = []

    def load():
        with held_signals():
            signal.raise_signal(number)
            done.append("loaded")

    try:
        with pytest.raises(KeyboardInterrupt):
            load()
        assert (done, signal.getsignal(number)) == (["loaded"], signal.default_int_handler)
    finally:
        signal.signal(number, before)
