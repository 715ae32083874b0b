"""Bytes of a connection to text and back: the text does not depend on how the bytes were split in transit.

What is no UTF-8 is read as Windows-1252, and what that does not have as Latin-1: a letter of a description that was typed with an
old terminal is still that letter in the evidence, and none is left out.
"""

from __future__ import annotations

import codecs
import re


def _letter(byte: int) -> str:
    try:
        return bytes((byte,)).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)


#: Python's own mark of a byte that is no UTF-8 (``surrogateescape``) -> the letter, and the letter -> its byte.
_LETTERS = {f"{0xDC00 + byte:c}": _letter(byte) for byte in range(128, 256)}
_BYTES = {_letter(byte): byte for byte in range(128, 256)}
_ESCAPED = re.compile("[\udc80-\udcff]")


class Decoding:
    """One connection's reading and writing."""

    def __init__(self) -> None:
        """Start with nothing received."""
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self._single = False

    def text(self, data: bytes) -> str:
        """What these bytes say, with LF line ends and without NUL; a letter whose bytes are not all there waits for the rest.

        All CR go, so that it does not matter where a line end was cut; a device that begins its prompt with a bare CR, as an ASA
        does, has ended the line before it.
        """
        text = self._decoder.decode(data)
        plain = _ESCAPED.sub(lambda match: _LETTERS[match[0]], text)
        self._single = self._single or plain != text
        return plain.replace("\r", "").replace("\x00", "")

    def data(self, text: str) -> bytes:
        """The bytes to write: a letter is one byte to a device that has shown its letters so, and UTF-8 to any other."""
        if self._single and all(ord(letter) < 128 or letter in _BYTES for letter in text):
            return bytes(_BYTES.get(letter, ord(letter)) for letter in text)
        return text.encode()
