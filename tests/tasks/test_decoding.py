"""The same bytes are the same text, however they were cut on their way, and no letter is lost."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from nr_run.tasks.sessions.decoding import Decoding

GERMAN = "description Leitung München–Köln"


def read(*parts: bytes) -> str:
    """What a connection reads of these parts."""
    decoding = Decoding()
    return "".join(decoding.text(part) for part in parts)


def cut(data: bytes, places: list[int]) -> list[bytes]:
    """The bytes in parts that begin at these places."""
    edges = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[start:end] for start, end in pairwise(edges)]


@given(st.binary(max_size=60), st.lists(st.integers(0, 60), max_size=20))
def test_cutting_changes_nothing(data: bytes, places: list[int]) -> None:
    """Any bytes, UTF-8 or not, read in any parts, are one text; a mark behind them shows what still waits for its rest."""
    assert read(*cut(data + b"#", places)) == read(data + b"#")


def test_utf8_and_single_bytes() -> None:
    """A letter in UTF-8 and the same letter in one byte are both that letter."""
    assert read(*(bytes((byte,)) for byte in GERMAN.encode())) == GERMAN
    assert read(*(bytes((byte,)) for byte in GERMAN.encode("cp1252"))) == GERMAN
    assert read("Zürich".encode("latin-1")) == "Zürich"


def test_every_single_byte_is_a_letter_of_its_own() -> None:
    """No two bytes above ASCII are read alike, and none is left out."""
    letters = [read(bytes((byte,)) + b"x")[:-1] for byte in range(128, 256)]
    assert len(set(letters)) == 128
    assert all(len(letter) == 1 for letter in letters)


@given(st.text(st.characters(min_codepoint=0xA0, max_codepoint=0xFF), min_size=1, max_size=10))
def test_what_was_read_is_written_in_the_same_bytes(letters: str) -> None:
    """A device that shows its letters in one byte each is written to in the same bytes, any other in UTF-8."""
    single, utf8 = Decoding(), Decoding()
    if single.text(letters.encode("latin-1") + b"#") == f"{letters}#":
        assert single.data(letters) == letters.encode("latin-1")
    utf8.text(letters.encode())
    assert utf8.data(letters) == letters.encode()


def test_line_ends_and_padding() -> None:
    """CR LF, CR CR LF and CR NUL are what they are in one part when they are cut in two."""
    data = b"one\r\ntwo\r\r\nthree\r\x00four\x00five"
    assert read(*(bytes((byte,)) for byte in data)) == read(data) == "one\ntwo\nthreefourfive"
