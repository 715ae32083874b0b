"""One simulated device as the judge sees it: read through the lab's own door, past every fault, with code of its own.

Nothing here is shared with nr-run: a judge that reads as the judged does makes the same mistakes.
"""

from __future__ import annotations

import re
import socket
import time
from collections import Counter
from collections.abc import Iterable, Iterator

from msgspec import Struct

from nr_run.lab.entry import LabHandle

#: A line with the headers that it stands below, so that two interfaces with the same line are two things.
Path = tuple[str, ...]
Lines = Counter[Path]

#: Lines that say when a configuration was written, how large it is or what its checksum is.
_ABOUT_ITSELF = re.compile(r"!|:|Using \d|Current configuration|Building config|Cryptochecksum|ntp clock-period")


class State(Struct, frozen=True):
    """What a device is at one moment: running (with keys) and saved configuration, as it shows both, and what counts on it."""

    running: Lines
    shown: Lines
    startup: Lines
    timers: tuple[str, ...]
    #: (local, remote) -> (outbound SPIs, inbound SPIs) of every protected pair, as hexadecimal numbers without zeros in front.
    spis: dict[tuple[str, str], tuple[frozenset[str], frozenset[str]]]


def lines_of(text: str) -> Lines:
    """A configuration as a bag of lines, each with the headers above it; in no order."""
    found: Lines = Counter()
    above: list[tuple[int, str]] = []
    for line in text.splitlines():
        if not line.strip() or _ABOUT_ITSELF.match(line):
            continue
        depth = len(line) - len(line.lstrip())
        above = [item for item in above if item[0] < depth]
        above.append((depth, line.strip()))
        found[tuple(words for _, words in above)] += 1
    return found


def differing(old: Lines, new: Lines) -> tuple[set[Path], set[Path]]:
    """What is missing in the new bag, and what it has more."""
    return set(old - new), set(new - old)


def told(paths: Iterable[Path]) -> str:
    """Some lines for a person, without the keys in them."""
    return without_keys("; ".join(" > ".join(path) for path in sorted(paths)[:6]))


def without_keys(text: str) -> str:
    """A text that may be printed: what stands behind a word for a key or password is left out."""
    return re.sub(r"((?:\bkey|pre-shared-key|password|secret)(?: \d)?) [^\s;'|]+", r"\1 …", text)


class Device(Struct, frozen=True):
    """One device of a lab."""

    lab: LabHandle
    name: str
    profile: str

    @property
    def is_asa(self) -> bool:
        """Whether it is a firewall."""
        return self.profile.startswith("asa")

    def ask(self, command: str) -> str:
        """What a privileged person at the console would see; lines after the first answer questions."""
        return self.lab.exec(self.name, command)

    @property
    def keys_shown(self) -> str:
        """The running configuration as text, with its keys."""
        return self.ask("more system:running-config" if self.is_asa else "show running-config")

    def state(self) -> State:
        """What it is now."""
        shown = self.ask("show running-config")
        startup = self.ask("show startup-config")
        return State(lines_of(self.keys_shown), lines_of(shown), lines_of(startup), self._timers(), self._spis())

    def addresses(self) -> tuple[str, str]:
        """Its outside and its inside address, in the order of its interfaces; a tunnel has neither."""
        outside, inside, *_ = (address for _, _, address in self._interfaces())
        return outside, inside

    def outside(self) -> str:
        """The name of its first interface with an address, as a crypto map is bound to it: an ASA's goes by its zone."""
        header, zone, _ = next(self._interfaces())
        return zone if self.is_asa else header

    def _interfaces(self) -> Iterator[tuple[str, str, str]]:
        """Name, zone and address of each interface that has an address and is no tunnel."""
        header = zone = ""
        for line in self.ask("show running-config").splitlines():
            header = line.split()[1] if line.startswith("interface ") else header
            zone = line.split()[1] if line.startswith(" nameif ") else zone
            if line.startswith(" ip address ") and not header.startswith("Tunnel"):
                yield header, zone, line.split()[2]

    def boots(self) -> str:
        """What tells one boot from another: how long it has been up is of no use on a clock that is stepped."""
        return next((line for line in self.ask("show version").splitlines() if " up" in line), "")

    def ping(self, source: str, target: str) -> None:
        """Ping from its inside address; 12.2 asks for each value."""
        if self.is_asa:
            self.ask(f"ping inside {target} repeat 5 timeout 1")
        elif self.profile in ("vpn2611", "vpn3640"):
            self.ask("\n".join(["ping", "ip", target, "5", "", "1", "y", source, "", "", "", "", "", ""]))
        else:
            self.ask(f"ping {target} source {source} repeat 5 timeout 1")

    def _timers(self) -> tuple[str, ...]:
        """Whatever counts down on it, or was left in its flash by something that did."""
        found = [] if "No reload is scheduled" in self.ask("show reload") else ["reload"]
        if self.is_asa:
            return (*found, *(["applet"] if "event manager" in self.ask("show running-config event manager") else []))
        archive = self.ask("show archive config rollback timer")
        if "Timer value" in archive or ("ollback" in archive and "No Rollback Confirmed" not in archive):
            found.append("revert timer")
        if re.search(r"^NR-|\binactive|\bexecuting|will (?:run|execute)", self.ask("show kron schedule"), re.M):
            found.append("kron")
        if re.search(r"\bnr-2\d{3}", self.ask("dir flash:") + self.ask("dir bootflash:")):
            found.append("file in flash")
        return tuple(found)

    def _spis(self) -> dict[tuple[str, str], tuple[frozenset[str], frozenset[str]]]:
        """Per protected pair the SPIs that it sends on and receives on."""
        found: dict[tuple[str, str], tuple[frozenset[str], frozenset[str]]] = {}
        for part in re.split(r"(?m)^(?=\s*local\s+ident )", self.ask("show crypto ipsec sa"))[1:]:
            ends = re.findall(r"(?:local|remote)\s+ident \(addr/mask/prot/port\): \(([\d.]+/[\d.]+)/", part)
            sides: dict[str, set[str]] = {"inbound": set(), "outbound": set()}
            side = ""
            for line in part.splitlines():
                if heading := re.match(r"\s*(inbound|outbound) (esp|ah|pcp) sas:", line):
                    side = heading[1]
                elif side and (number := re.match(r"\s*spi: 0x([0-9A-Fa-f]+)", line)):
                    sides[side].add(number[1].upper().lstrip("0"))
            local, remote = ends[:2]
            old_out, old_in = found.get((local, remote), (frozenset(), frozenset()))
            found[local, remote] = (old_out | sides["outbound"], old_in | sides["inbound"])
        return found

    def answers(self) -> bool:
        """Whether its port accepts a connection: it does not while it boots."""
        place = self.lab.devices[self.name]
        try:
            socket.create_connection((place.host, place.port), timeout=2).close()
        except OSError:
            return False
        return True

    def settled(self, seconds: float) -> bool:
        """Wait until it answers; False if it does not within so long."""
        until = time.monotonic() + seconds
        while not self.answers():
            if time.monotonic() > until:
                return False
            time.sleep(0.05)
        return True
