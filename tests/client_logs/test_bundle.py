"""A file that a person brings is read within bounds, whatever it holds."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest
from msgspec.structs import replace

from nr_run.inventory.errors import ParseError
from nr_run.parsers.logs.bundle import LIMITS, read_bundle

from .client_texts import GOOD, dart, told, zipped

SMALL = replace(LIMITS, file=200_000, member=20_000, together=30_000, members=5)


def left(data: bytes) -> tuple[str, ...]:
    """What is left out of a ZIP within small bounds."""
    return read_bundle("bundle.zip", data, SMALL).left_out


def test_a_bomb_is_left_out() -> None:
    """A member that becomes large when it is unpacked is not read, whatever its header says, and named."""
    data = zipped({"ok.txt": "a log", "bomb.txt": b"0" * 50_000_000})
    assert len(data) < SMALL.file
    assert left(data) == ("bomb.txt was not read: unpacked, it is larger than 20000 bytes",)


def test_many_members_together_are_bounded() -> None:
    """All together has a bound, and what comes behind it is named once."""
    found = left(zipped({f"{number}.txt": "x" * 15_000 for number in range(4)}))
    assert found == ("2.txt and what follows was not read: unpacked, all is larger than 30000 bytes",)
    some = left(zipped({f"{number}.txt": "x" * 11_000 for number in range(4)}))
    assert some[0] == "2.txt was not read: unpacked, all is larger than 30000 bytes"
    assert left(zipped({f"{number}.txt": "x" for number in range(9)})) == (
        "bundle.zip has more than 5 members: the rest was not read",
    )


def test_a_zip_in_a_zip_has_a_bound() -> None:
    """A ZIP in a ZIP is read, one deeper is named and not read."""
    deep = zipped({"c.txt": "deep"})
    data = zipped({"a.txt": "top", "b.zip": zipped({"b.txt": "inner", "c.zip": deep})})
    bundle = read_bundle("bundle.zip", data, SMALL)
    assert [part.name for part in bundle.parts] == ["a.txt", "b.txt"]
    alike = read_bundle("bundle.zip", zipped({"x/a.txt": "one", "y/a.txt": "two", "y/b.txt": "three"}), SMALL)
    assert [part.name for part in alike.parts] == ["x/a.txt", "y/a.txt", "b.txt"]
    assert bundle.left_out == ("b.zip/c.zip was not read: it is a ZIP in a ZIP in a ZIP",)


def test_what_is_damaged_or_encrypted_is_named() -> None:
    """A member that is damaged, and one that is encrypted, is named; the others are read."""
    held = BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("a.txt", "first text")
        archive.writestr("b.txt", "second text")
    broken = held.getvalue().replace(b"second text", b"sXcond text", 1)
    assert left(broken) == ("b.txt was not read: it is damaged",)
    entries = held.getvalue()
    central = entries.rindex(b"PK\x01\x02")
    locked = entries[: central + 8] + b"\x01" + entries[central + 9 :]
    assert left(locked) == ("b.txt was not read: it is encrypted",)


def test_what_was_left_out_is_no_proof() -> None:
    """Where a part of a bundle could not be read, nothing in it is good."""
    assert told(zipped({"log.txt": dart(GOOD)}), limits=SMALL).good
    assert not told(zipped({"log.txt": dart(GOOD), "more.txt": "x" * 25_000}), limits=SMALL).good


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "is empty"),
        (b" \r\n\n", "is empty"),
        (b"PK\x05\x06" + b"\0" * 18, "is a ZIP without a text"),
        (zipped({"a.txt": "x"})[:40], "cut short or damaged"),
        (zipped({"a.evtx": b"ElfFile\0"}), "is a ZIP without a text that could be read: a.evtx was not read: it is no text"),
        (b"ElfFile\x00" + b"\1" * 80, "binary event log of Windows"),
        (b"\x1f\x8b\x08" + b"\2" * 40, "compressed by gzip"),
        (bytes(range(256)) * 4, "is binary data"),
        (b"x" * 200_001, "is larger than 200000 bytes"),
    ],
    # A ZIP holds the time at which it was made: each worker would call the case otherwise.
    ids=lambda value: value if isinstance(value, str) else f"{len(value)} bytes",
)
def test_what_cannot_be_read_is_one_sentence(data: bytes, what: str) -> None:
    """Empty, damaged, binary and huge files are refused in one sentence that names the file."""
    with pytest.raises(ParseError, match=what) as error:
        read_bundle("given", data, SMALL)
    assert str(error.value).startswith("given")
    assert "\n" not in str(error.value)
