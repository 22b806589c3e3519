"""Small template sets, and a stream through encoder and decoder."""

import os
from pathlib import Path

from hts.wire.fast.decoder import FastDecoder
from hts.wire.fast.encoder import FastEncoder
from hts.wire.fast.templates import TemplateSet

ROOT = Path(__file__).resolve().parents[3]
SHARED = Path(os.environ.get("HTS_SHARED", ROOT.parent / "shared"))
NAMESPACE = "http://www.fixprotocol.org/ns/fast/td/1.1"


def templates(*bodies, attributes=""):
    """Templates T1, T2, ... numbered 1, 2, ... of the given instructions."""
    parts = "".join(f'<template name="T{n}" id="{n}">{body}</template>' for n, body in enumerate(bodies, 1))
    return TemplateSet.parse(f'<templates xmlns="{NAMESPACE}" {attributes}>{parts}</templates>'.encode())


def decode_all(found, data, **options):
    """Every message of a stream that ends after one."""
    decoder = FastDecoder(found, **options)
    decoder.receive_data(data)
    messages = []
    while (message := decoder.next_event()) is not None:
        messages.append(message)
    decoder.end()
    return messages


def encode_all(found, rows, template="T1"):
    """The bytes of each row of fields, one stream."""
    encoder = FastEncoder(found)
    return [encoder.encode(template, row) for row in rows]
