"""From the bytes of a file to its text: UTF-8, UTF-16 as Windows exports it, or Latin-1. Binary data is told as what it is."""

from __future__ import annotations

from ...inventory.errors import ParseError

#: How files begin that are no text, and what a person does with them.
_BINARY: tuple[tuple[bytes, str], ...] = (
    (
        b"ElfFile\x00",
        "a binary event log of Windows: export it as text (wevtutil qe /lf:true /f:text, or the event viewer)",
    ),
    (b"\x1f\x8b", "compressed by gzip: unpack it first"),
    (b"7z\xbc\xaf", "a 7z archive: unpack it first"),
    (b"Rar!", "a RAR archive: unpack it first"),
    (b"BZh", "compressed by bzip2: unpack it first"),
    (b"\xfd7zXZ", "compressed by xz: unpack it first"),
    (b"%PDF", "a PDF document: save the text alone"),
    (b"\xd4\xc3\xb2\xa1", "a packet capture and no log"),
    (b"\x0a\x0d\x0d\x0a", "a packet capture and no log"),
)
_HEAD = 4096
#: Of a text in UTF-16 without a mark, so many of its first bytes are zero, all on one side.
_ZEROS = 0.3


def decoded(name: str, data: bytes) -> str:
    """The text of a file. Raises ParseError in one sentence where it is empty or no text."""
    if not data.strip(b"\x00 \r\n\t\xef\xbb\xbf\xff\xfe"):
        raise ParseError(f"{name} is empty")
    for mark, what in _BINARY:
        if data.startswith(mark):
            raise ParseError(f"{name} is {what}")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace").lstrip("\ufeff")
    head = data[:_HEAD]
    if b"\x00" in head:
        return _without_mark(name, data, head)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    odd = sum(1 for sign in text[:_HEAD] if sign < " " and sign not in "\t\r\n\f\b\x1b\x07")
    if odd * 20 > min(len(text), _HEAD):
        raise ParseError(f"{name} is binary data and no log")
    return text.replace("\x00", "")


def _without_mark(name: str, data: bytes, head: bytes) -> str:
    """UTF-16 whose byte order mark was lost; anything else with zeros in it is binary."""
    half = len(head) // 2 or 1
    low, high = head[1::2].count(0) / half, head[0::2].count(0) / half
    if low > _ZEROS > high:
        return data.decode("utf-16-le", "replace")
    if high > _ZEROS > low:
        return data.decode("utf-16-be", "replace")
    raise ParseError(f"{name} is binary data and no log")
