"""Files of phones, as a TFTP server hands them out: read from where they are kept."""

from __future__ import annotations

from pathlib import Path

from ...checks.phones.phone_file import PhoneFile, read_phone_file
from ...inventory.errors import IntentError

#: Bytes of such a file.
_LARGEST = 4 << 20


def phone_file_at(path: Path) -> PhoneFile:
    """One file. Raises IntentError where it cannot be read, or is none of a phone."""
    try:
        with path.open("rb") as stream:
            data = stream.read(_LARGEST + 1)
    except OSError as error:
        raise IntentError(f"{path} cannot be read: {error.strerror}") from None
    if len(data) > _LARGEST:
        raise IntentError(f"{path} is larger than {_LARGEST >> 20} MB, which no phone's file is")
    # A signed one has bytes before and behind that are no text; an editor on Windows may have made UTF-16 of it.
    coding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf8"
    return read_phone_file(path.name, data.decode(coding, "replace"))
