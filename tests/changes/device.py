"""A tiny IOS 12.2 that takes configuration lines, refuses what the release refuses, and shows itself in its own way.

It is the judge of the planner, so it shares no code with it: not the tree, not the table of families.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

DEFAULTS = {"encr des", "hash sha", "authentication rsa-sig", "group 1", "lifetime 86400", "mode tunnel"}
#: Kinds of lines in the order in which the device shows them; the place of a new line is after the last of its kind or before.
ORDER = (
    r"version |service |no service ", r"hostname ", r"aaa |username ", r"ip subnet-zero", r"crypto isakmp policy ",
    r"crypto keyring ", r"crypto isakmp key ", r"crypto isakmp keepalive", r"crypto isakmp client ", r"crypto isakmp profile ",
    r"crypto ipsec ", r"crypto dynamic-map ",
    r"crypto map \S+ (?!\d)", r"crypto map \S+ \d", r"interface ", r"ip local ", r"ip nat ", r"ip classless", r"ip route ",
    r"ip access-list ", r"access-list ", r"route-map ", r"snmp", r"line ",
)  # fmt: skip


#: Settings of a map entry in the order in which the device shows them.
SETTINGS = ("set peer", "set security-association", "set transform-set", "set pfs", "match address")


class Refused(Exception):
    """The device says no, or somebody would have been hurt; the message says why."""


@dataclass
class Line:
    """A line of the configuration with the lines of its sub-mode."""

    text: str
    below: list[str] = field(default_factory=list)


def rank(text: str) -> int:
    """Place of a line among the kinds."""
    return next(number for number, kind in enumerate(ORDER) if re.match(kind, text))


def number_in(text: str) -> int:
    """The number by which the device sorts a policy or a map entry; 0 for lines that stay in the order of typing."""
    match = re.match(r"crypto (?:isakmp policy|map \S+) (\d+)", text)
    return int(match[1]) if match else 0


class Device:
    """One device. ``type`` raises Refused at the first line that the device, or the safety of others, does not allow."""

    def __init__(self, running: str) -> None:
        """``running`` is what the device shows at the start."""
        self.lines: list[Line] = []
        self.mode: Line | None = None
        for raw in running.splitlines():
            text = raw.strip()
            if not text or text[0] == "!" or text == "end" or text.startswith(("Building", "Current")):
                continue
            if raw[0] == " ":
                self.lines[-1].below.append(text)
            else:
                self.lines.append(Line(text))
        self.foreign = {line.text for line in self.lines}
        self.bound_by_us: set[str] = set()

    def show(self) -> str:
        """The running configuration."""
        body = "".join("\n".join([line.text, *(f" {below}" for below in line.below)]) + "\n" for line in self.lines)
        return f"Building configuration...\n\nCurrent configuration : {len(body)} bytes\n!\n{body}end\n"

    def cut(self) -> None:
        """The session ends: configuration mode with it."""
        self.mode = None

    def type(self, text: str) -> None:
        """Type lines at the privileged prompt; raises Refused."""
        for raw in text.splitlines():
            line = raw.strip()
            if line and line[0] != "!" and line not in ("configure terminal", "end"):
                self.enter(line)
        self.mode = None

    def enter(self, line: str) -> None:
        """One line, in the mode that the line before left."""
        if line == "exit":
            if self.mode is None:
                raise Refused("exit would leave configuration mode")
            self.mode = None
            return
        if self.mode is not None:
            if not self._below(self.mode, line):
                raise Refused(f"{line!r} is typed below {self.mode.text!r}, where it may mean something else")
            return
        for pattern, action in self._global():
            match = re.fullmatch(pattern, line)
            if match:
                self.mode = action(*match.groups())
                return
        raise Refused(f"invalid input: {line}")

    def find(self, pattern: str) -> Line | None:
        """The first line that matches."""
        return next((line for line in self.lines if re.fullmatch(pattern, line.text)), None)

    def add(self, text: str) -> Line:
        """A new line at the place where the device shows it."""
        place = (rank(text), number_in(text))
        after = [n for n, line in enumerate(self.lines) if (rank(line.text), number_in(line.text)) <= place]
        new = Line(text)
        self.lines.insert(after[-1] + 1 if after else 0, new)
        return new

    def _global(self) -> list[tuple[str, Callable[..., Line | None]]]:
        return [
            (r"(crypto isakmp policy \d+)", self._own),
            (r"(crypto isakmp key \S+ address (\S+)(?: no-xauth)?)", self._key),
            (r"(crypto isakmp keepalive \d+ \d+)", self._keepalive),
            (r"(crypto ipsec transform-set \S+) ((?:esp|ah)-.+)", self._transform),
            (r"(ip access-list extended \S+)", self._own),
            (r"crypto map (\S+) (\d+) ipsec-isakmp", self._entry),
            (r"(interface \S+)", self._interface),
            (r"no (crypto isakmp policy \d+|crypto isakmp key .+)", self._remove),
            (r"no (crypto isakmp keepalive)", lambda text: self._remove_like(text + r" .*")),
            (r"no crypto ipsec transform-set (\S+)", self._remove_transform),
            (r"no ip access-list extended (\S+)", self._remove_list),
            (r"no crypto map (\S+) (\d+)", self._remove_entry),
        ]

    def _own(self, text: str) -> Line:
        if text in self.foreign and self.find(re.escape(text)):
            raise Refused(f"{text} is somebody else's and would be edited")
        return self.find(re.escape(text)) or self.add(text)

    def _key(self, text: str, peer: str) -> None:
        if self.find(rf"crypto isakmp key \S+ address {re.escape(peer)}(?: .*)?"):
            raise Refused(f"a pre-shared key for address {peer} exists already")
        self.add(text)

    def _keepalive(self, text: str) -> None:
        if self.find(r"crypto isakmp keepalive .*"):
            raise Refused("the keepalive is there already and would be edited")
        self.add(text)

    def _transform(self, name: str, words: str) -> Line:
        if self.find(rf"{re.escape(name)} .*"):
            raise Refused(f"{name} exists and would be edited")
        return self.add(f"{name} {words}")

    def _entry(self, name: str, number: str) -> Line:
        text = f"crypto map {name} {number} ipsec-isakmp"
        taken = self.find(rf"crypto map {re.escape(name)} {number} .*")
        if taken and (taken.text != text or text in self.foreign):
            raise Refused(f"sequence {number} of {name} is taken: {taken.text}")
        return taken or self.add(text)

    def _interface(self, text: str) -> Line:
        found = self.find(re.escape(text))
        if found is None:
            raise Refused(f"there is no {text}")
        return found

    def _remove(self, text: str) -> None:
        self._remove_like(re.escape(text))

    def _remove_like(self, pattern: str) -> None:
        line = self.find(pattern)
        if line is None:
            raise Refused(f"there is nothing like {pattern} to remove")
        if line.text in self.foreign and not self._idle_policy(line):
            raise Refused(f"{line.text} is somebody else's")
        self.lines.remove(line)

    def _idle_policy(self, line: Line) -> bool:
        """A policy that nobody but the tunnel is offered: there is no other key and no other entry on the device."""
        users = [text for text in self.foreign if re.match(r"crypto (?:isakmp key |map \S+ \d+ )", text)]
        return line.text.startswith("crypto isakmp policy ") and not users

    def _users(self, reference: str) -> list[str]:
        return [line.text for line in self.lines if reference in line.below]

    def _remove_transform(self, name: str) -> None:
        if self._users(f"set transform-set {name}"):
            raise Refused(f"transform set {name} is in use")
        self._remove_like(rf"crypto ipsec transform-set {re.escape(name)} .*")

    def _remove_list(self, name: str) -> None:
        if self._users(f"match address {name}"):
            raise Refused(f"access list {name} is in use")
        self._remove_like(rf"ip access-list extended {re.escape(name)}")

    def _remove_entry(self, name: str, number: str) -> None:
        entries = [line for line in self.lines if re.match(rf"crypto map {re.escape(name)} \d+ ", line.text)]
        if len(entries) == 1 and self._users(f"crypto map {name}"):
            raise Refused(f"crypto map {name} is in use by an interface")
        self._remove_like(rf"crypto map {re.escape(name)} {number} ipsec-isakmp")

    def _below(self, header: Line, line: str) -> bool:
        """Take a line of the header's sub-mode; False if it is not one."""
        if header.text.startswith("interface "):
            return self._bind(header, line)
        if line.startswith("no "):
            return self._take_off(header, line.removeprefix("no "))
        kinds = {
            "crypto isakmp policy": r"(?:encr|hash|authentication|group|lifetime) \S.*",
            "crypto ipsec transform-set": r"mode (?:tunnel|transport)",
            "ip access-list extended": r"(?:permit|deny) ip .+",
            "crypto map": r"(?:set peer|set transform-set|match address|set pfs|set security-association lifetime \w+) \S+",
        }
        pattern = next(allowed for kind, allowed in kinds.items() if header.text.startswith(kind))
        if not re.fullmatch(pattern, line):
            return False
        return self._set(header, line)

    def _take_off(self, header: Line, line: str) -> bool:
        """The no form of a line below a map entry; what makes the entry incomplete while it is at work is refused."""
        if not header.text.startswith("crypto map") or line not in header.below:
            return False
        kind = line.rpartition(" ")[0]
        if line.startswith(("set transform-set", "match address")) or (
            line.startswith("set peer ") and sum(below.startswith(kind) for below in header.below) == 1
        ):
            raise Refused(f"{header.text} would be incomplete without {line}")
        header.below.remove(line)
        return True

    def _set(self, header: Line, line: str) -> bool:
        for word, kind in (
            ("set transform-set ", "crypto ipsec transform-set {} .*"),
            ("match address ", "ip access-list .* {}"),
        ):
            if line.startswith(word) and not self.find(kind.format(re.escape(line.removeprefix(word)))):
                raise Refused(f"{line} refers to what does not exist")
        if line.startswith("match address ") and not any(below.startswith("set peer ") for below in header.below):
            raise Refused(f"{header.text} would be at work without a peer")
        if line not in DEFAULTS and line not in header.below:
            single = line.rpartition(" ")[0]
            if header.text.startswith("crypto map") and not line.startswith("set peer "):
                header.below[:] = [below for below in header.below if not below.startswith(f"{single} ")]
            header.below.append(line)
            if header.text.startswith("crypto map"):
                header.below.sort(key=lambda below: (SETTINGS.index(" ".join(below.split()[:2])), below.split()[:4]))
        return True

    def _bind(self, interface: Line, line: str) -> bool:
        match = re.fullmatch(r"(no )?(crypto map (\S+))", line)
        if match is None:
            return False
        bound = [below for below in interface.below if below.startswith("crypto map ")]
        if match[1]:
            if match[2] not in bound or interface.text not in self.bound_by_us:
                raise Refused(f"{match[2]} on {interface.text} is not ours to take off")
            interface.below.remove(match[2])
            return True
        if bound:
            raise Refused(f"{interface.text} has {bound[0]} already, which would be replaced")
        if not self.find(rf"crypto map {re.escape(match[3])} \d+ .*"):
            raise Refused(f"crypto map {match[3]} does not exist")
        interface.below.append(match[2])
        self.bound_by_us.add(interface.text)
        return True
