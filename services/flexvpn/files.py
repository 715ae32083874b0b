"""The files of a head-end on the flash of its router: which are named, which were left, and what each has to be. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from ...changes.device_file import DeviceFile, digest_in
from ...changes.objects import ConfigObject
from ...checks.finding import Evidence, Finding, Status
from .intent import FlexVpn
from .names import FLASH, files_of, own_name
from .reading import DIRECTORY, RUNNING, configured

#: How many digits of the hash of its content a name has.
DIGITS = 10
_NAME = re.compile(rf".+-(?P<digest>[0-9a-f]{{{DIGITS}}})\.xml")


def urls_in(items: Iterable[ConfigObject]) -> Iterator[str]:
    """Where the files lie that these objects name."""
    yield from (item.groups["url"] for item in items if item.family.name == "client-profile")


def is_named_by_content(file: DeviceFile) -> bool:
    """True if its name has the digits of the hash of what is in it."""
    match = _NAME.fullmatch(file.name)
    return match is not None and file.md5.startswith(match["digest"])


def files_left(wanted: FlexVpn, outputs: Mapping[str, str]) -> Iterator[str]:
    """Profiles under the name of a head-end that lie on the flash, and that no other part of the configuration names."""
    own = own_name(wanted)
    theirs = {item.groups["url"] for item in configured(outputs.get(RUNNING, "")).of("client-profile") if item.key[1] != (own,)}
    form = re.compile(rf"{re.escape(own)}-[0-9a-f]{{{DIGITS}}}\.xml")
    for line in outputs.get(DIRECTORY, "").splitlines():
        name = (line.split() or [""])[-1]
        if form.fullmatch(name) and f"{FLASH}{name}" not in theirs:
            yield f"{FLASH}{name}"


def asks(wanted: FlexVpn) -> tuple[str, ...]:
    """What tells the hash of the file for clients; it only reads."""
    return tuple(_asks(file) for file in files_of(wanted))


def _asks(file: DeviceFile) -> str:
    return f"verify /md5 {file.url}"


def judged_files(wanted: FlexVpn, outputs: Mapping[str, str], time: str, only: str | None = None) -> Iterator[Finding]:
    """The file is what was rendered: the router does not read it, so its hash is all that it can say of it.

    Of a configuration that is read, ``only`` the file that it names is judged: what it does not name is no file of clients.
    """
    for file in files_of(wanted):
        if only is not None and file.url != only:
            continue
        found = digest_in(outputs.get(_asks(file), ""))
        status = Status.UNVERIFIED if found is None else Status.OK if found == file.md5 else Status.FAILED
        words = f"{file.url} is {'what clients are to have' if found == file.md5 else 'something else'}, by its hash"
        words = words if found else f"{file.url} is not there" if found == "" else f"the hash of {file.url} is not shown"
        evidence = (Evidence(wanted.host, _asks(file), "MD5", found or "none", time),)
        yield Finding("client-profile", wanted.host, status, words, evidence)
