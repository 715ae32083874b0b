"""Bytes of a file as the text of a sample, or one sentence on why it is none."""

from __future__ import annotations

import re

from ...inventory.errors import ParseError
from .foreign_vendors import PAGES, no_sample

#: Beginnings of files that are no text: PDF, ZIP (and Word), gzip, PNG, JPEG, ELF.
_MAGIC = (b"%PDF", b"PK\x03\x04", b"\x1f\x8b", b"\x89PNG", b"\xff\xd8\xff", b"\x7fELF")
#: A sample has a few hundred lines; what is larger is something else, and is not searched.
MOST_BYTES = 500_000
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


def text_of(data: bytes, name: str) -> str:
    """The text of a sample. Raises ParseError with one sentence that names the file and never quotes it."""
    if not data.strip():
        raise ParseError(f"{name} is empty")
    if len(data) > MOST_BYTES:
        raise ParseError(f"{name} has {len(data)} bytes: a sample has some thousands, so it is something else")
    if data.startswith(_MAGIC):
        raise ParseError(f"{name} is binary (a document, an archive or a picture): save the sample as plain text")
    text = _decoded(data, name)
    if _CONTROL.search(text):
        raise ParseError(f"{name} is binary: it has characters that no configuration has")
    page = no_sample(text[:4000], PAGES)
    if page is not None and not text.lstrip().startswith("!"):
        raise ParseError(f"{name} is {page[0].what}, not a sample: {page[0].advice}")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ")


def _decoded(data: bytes, name: str) -> str:
    encodings = ("utf-16",) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ParseError(f"{name} is binary: it is no text in UTF-8, UTF-16 or Windows-1252")
