"""The simplest state that a journal can rebuild: the list of its records."""

from hashlib import blake2b

import msgspec

from hts.base.errors import CorruptRecord
from hts.model.records import AnyRecord
from hts.model.wide import decode_wide, encode_wide

_decoder = msgspec.msgpack.Decoder(list[AnyRecord], dec_hook=decode_wide)


class Notebook:
    """hts.journal.opening.Restorable."""

    def __init__(self) -> None:
        self.records: list = []

    @property
    def state_hash(self) -> str:
        return blake2b(self.image(), digest_size=8).hexdigest()

    def recover(self, records) -> None:
        self.records += records

    def image(self) -> bytes:
        return msgspec.msgpack.encode(self.records, enc_hook=encode_wide)

    def restore(self, image: bytes, state_hash: str) -> bool:
        try:
            records = _decoder.decode(image)
        except msgspec.MsgspecError as error:
            raise CorruptRecord(str(error)) from error
        if state_hash and state_hash != blake2b(image, digest_size=8).hexdigest():
            return False
        self.records = records
        return True
