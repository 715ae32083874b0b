"""What a head-end showed: its configuration by sections, the licences, the TLS that it offers; and what it did not show."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property

from msgspec import Struct, field

from ...changes.configurations.configuration import Configuration
from ...changes.configurations.refusals import is_refused, words_of
from ...inventory.models.platforms import Platform
from ...inventory.models.release import Release
from .finding import Line

VERSION = "show version"
ACTIVATION = "show activation-key"
CLOCK = "show clock"
RUNNING = "show running-config"
DEFAULT_POLICY = "show running-config all group-policy DfltGrpPolicy"
ALL_SSL = "show running-config all ssl"
SSL = "show ssl"
SSL_CIPHERS = "show ssl ciphers"
CERTIFICATES = "show crypto ca certificates"
LICENCE_USE = "show vpn-sessiondb license-summary"
SESSIONS = "show vpn-sessiondb anyconnect"
SESSION_COUNT = "show vpn-sessiondb summary"
SESSIONS_OLD = "show vpn-sessiondb svc"
DAP_FILE = "more disk0:/dap.xml"
#: `ssl cipher` takes the place of `ssl encryption`; CSD becomes Hostscan's own commands.
CIPHERS_SINCE = Release.parse("9.3(2)")
ANYCONNECT_SINCE = Release.parse("8.4(1)")


def split_words(line: str) -> list[str]:
    """The words of a line; a name with blanks stands between quotes, and is one of them."""
    return [word.strip('"') for word in re.findall(r'"[^"]*"|\S+', line)]


def as_typed(name: str) -> str:
    """A name as it stands in a line."""
    return f'"{name}"' if " " in name else name


def commands_for(release: Release) -> tuple[str, ...]:
    """What a head-end of a release is asked, beside its running configuration."""
    ciphers = (SSL_CIPHERS,) if release >= CIPHERS_SINCE else ()
    sessions = SESSIONS if release >= ANYCONNECT_SINCE else SESSIONS_OLD
    asked = (VERSION, ACTIVATION, CLOCK, DEFAULT_POLICY, ALL_SSL, SSL, *ciphers, CERTIFICATES, LICENCE_USE)
    return (*asked, SESSION_COUNT, sessions, DAP_FILE)


class Section(Struct, frozen=True):
    """One section of the running configuration: its header, and the lines below it as they stand."""

    header: str
    lines: tuple[str, ...]

    def first(self, words: str) -> str:
        """The first line that is these words, or begins with them; "" where none does."""
        return next((line for line in self.lines if line == words or line.startswith(f"{words} ")), "")

    def all(self, words: str) -> tuple[str, ...]:
        """Every such line."""
        return tuple(line for line in self.lines if line == words or line.startswith(f"{words} "))


class HeadEnd(Struct, frozen=True, dict=True):
    """One ASA. ``outputs`` are the answers by command, with tokens instead of secrets."""

    host: str
    platform: Platform
    running: Configuration
    outputs: Mapping[str, str] = field(default_factory=dict)

    def output(self, command: str) -> str | None:
        """What a command showed; None where it was not asked, refused, or answered with nothing."""
        text = self.outputs.get(command, "")
        return text if text.strip() and not is_refused(text) else None

    def why_not(self, command: str) -> str:
        """Why there is no answer to a command."""
        words = words_of(self.outputs.get(command, ""))
        return f"{command!r} was answered with {words!r}" if words else f"{command!r} was not answered"

    @cached_property
    def sections(self) -> Mapping[str, Section]:
        """By header; what an ASA prints twice is one."""
        found: dict[str, list[str]] = {}
        for node in self.running.nodes:
            found.setdefault(node.line, []).extend(node.paths)
        return {header: Section(header, tuple(lines)) for header, lines in found.items()}

    def section(self, header: str) -> Section | None:
        """A section that is there."""
        return self.sections.get(header)

    def lines(self, words: str) -> tuple[str, ...]:
        """Lines at the margin that begin with these words."""
        return tuple(node.line for node in self.running.nodes if node.line == words or node.line.startswith(f"{words} "))

    def of_group(self, name: str, part: str) -> tuple[str, Section | None]:
        """The header of a part of a tunnel group (``webvpn-attributes``), and what stands below it."""
        header = f"tunnel-group {as_typed(name)} {part}"
        return header, self.sections.get(header)

    def of_policy(self, name: str) -> Section | None:
        """The attributes of a group policy."""
        return self.sections.get(f"group-policy {as_typed(name)} attributes")

    @cached_property
    def release(self) -> Release:
        """What the device says that it runs, or else what the inventory says."""
        found = re.search(r"Software Version (\S+)", self.outputs.get(VERSION, ""))
        shown = re.match(r"\d+\.\d+\(\d+\)", found[1]) if found else None
        return Release.parse(shown[0]) if shown else self.platform.release

    @cached_property
    def licences(self) -> Mapping[str, tuple[str, Line]]:
        """Name of each licence to its value and the line; of the unit itself where a failover cluster has rows of its own."""
        found: dict[str, tuple[str, Line]] = {}
        for command in (VERSION, ACTIVATION):
            inside = False
            for line in (self.output(command) or "").splitlines():
                if line.startswith("Licensed features"):
                    inside = True
                elif line.startswith(("Failover cluster licensed", "This platform has")):
                    inside = False
                row = re.match(r"(\S.*?)\s*: (\S+)", line)
                if inside and row:
                    found.setdefault(row[1], (row[2], Line(command, line.strip())))
        return found

    @cached_property
    def interfaces(self) -> Mapping[str, str]:
        """Nameif to address, "" where there is none."""
        found = {}
        for header, section in self.sections.items():
            name = section.first("nameif") if header.startswith("interface ") else ""
            if name:
                words = split_words(section.first("ip address"))
                found[split_words(name)[1]] = words[2] if len(words) > 2 else ""
        return found

    @cached_property
    def outer(self) -> str:
        """The interface of the default route; "" where there is none."""
        for line in self.lines("route"):
            words = line.split()
            if len(words) > 3 and words[2:4] in (["0.0.0.0", "0.0.0.0"], ["0", "0"]):  # noqa: S104 - a route
                return words[1]
        return ""

    @property
    def takes_clients(self) -> bool:
        """True if anything of it is for clients: webvpn on an interface, or a tunnel group for remote access."""
        webvpn = self.section("webvpn")
        return bool(webvpn and webvpn.first("enable")) or any(True for _ in self.tunnel_groups())

    def tunnel_groups(self) -> Iterator[str]:
        """Names of all that clients may use, in the order of the configuration."""
        for line in self.lines("tunnel-group"):
            words = split_words(line)
            if len(words) == 4 and words[2] == "type" and words[3] in ("remote-access", "webvpn", "ipsec-ra"):
                yield words[1]
