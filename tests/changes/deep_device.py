"""A router and a firewall that know IKEv2, tunnel interfaces, routes and translation: they take lines, refuse harm, and show.

Judge of the planner, so it shares no code with it. What stands there at the start is somebody else's: to take it away or replace
it is refused, and so are a name that is nowhere, the removal of what something names, and a line in a mode that does not know it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from .deep_modes import AF, ASA, ASA_NAMES, IOS, IOS_NAMES, Mode


class Refused(Exception):
    """The device says no, or somebody would have been hurt; the message says why."""


@dataclass
class Line:
    """A line with those of its sub-mode, as deep as they are."""

    text: str
    below: list[Line] = field(default_factory=list)
    ours: bool = False

    def shown(self, depth: int = 0) -> Iterator[str]:
        """As the device prints it."""
        yield f"{' ' * depth}{self.text}"
        for line in self.below:
            yield from line.shown(depth + 1)
        if self.text == "http-raw-request":
            yield f"{' ' * (depth + 1)}exit"
        if self.text == AF:
            yield f"{' ' * depth}exit-address-family"

    def all(self) -> Iterator[str]:
        """Its text and all texts below."""
        yield self.text
        for line in self.below:
            yield from line.all()


#: What of somebody else's section may get a line of ours.
OPEN = re.compile(
    r"proposal \S+|crypto map \S+|ip tcp adjust-mss \d+|\d+ deny .+|ip policy route-map \S+|address-family .+|neighbor .+"
    r"|network .+"
)


class DeepDevice:
    """One device. ``numbers``: it shows the sequence numbers of its access lists."""

    def __init__(self, os: str, running: str, *, numbers: bool = False) -> None:
        """``running`` is what it shows at the start."""
        self.kinds, self.names = (IOS, IOS_NAMES) if os == "ios" else (ASA, ASA_NAMES)
        self.os, self.numbers = os, numbers
        self.lines: list[Line] = []
        self.stack: list[tuple[Line, Mode]] = []
        above: list[Line] = []
        for raw in running.splitlines():
            line, depth = Line(raw.strip()), len(raw) - len(raw.lstrip())
            del above[depth:]
            (above[-1].below if above else self.lines).append(line)
            above.append(line)
        for line in self.lines:
            if line.text.startswith("ip access-list"):
                line.below = [Line(f"{10 * n} {one.text}") for n, one in enumerate(line.below, 1)]

    def show(self) -> str:
        """The running configuration."""
        lines = "".join(f"{text}\n" for line in self.lines for text in line.shown())
        return lines if self.numbers else re.sub(r"(?m)^ \d+ (?=permit|deny)", " ", lines)

    def cut(self) -> None:
        """The session ends, and configuration mode with it."""
        self.stack.clear()

    def enter(self, line: str) -> None:
        """One line, in the mode that the line before left."""
        if line == "exit":
            if not self.stack:
                raise Refused("exit would leave configuration mode")
            self.stack.pop()
        elif self.stack:
            self._below(*self.stack[-1], line)
        elif line.startswith("clear configure "):
            self._clear(line.removeprefix("clear configure "))
        elif line.startswith("no "):
            self._remove(line.removeprefix("no "))
        else:
            self._add(line)

    def _number_anew(self, name: str, start: int, step: int) -> None:
        """Numbers change, and the order stays."""
        header = next((one for one in self.lines if one.text == f"ip access-list extended {name}"), None)
        if header is None or self.numbers:
            raise Refused(f"list {name} is not there, or its numbers are shown, and are somebody's")
        for place, one in enumerate(header.below):
            one.text = f"{start + place * step} {one.text.split(' ', 1)[1]}"

    def _add(self, line: str) -> None:
        if anew := re.fullmatch(r"ip access-list resequence (\S+) (\d+) (\d+)", line):
            self._number_anew(anew[1], int(anew[2]), int(anew[3]))
            return
        kind = next((kind for kind in self.kinds if re.fullmatch(kind, self._as_shown(line))), None)
        if kind is None:
            raise Refused(f"invalid input: {line}")
        self._known(line)
        mode = self.kinds[kind]
        found = next((one for one in self.lines if one.text == self._as_shown(line)), None)
        if found is None and kind == r"interface \S+":
            raise Refused(f"there is no {line}")
        if found is None:
            self._refuse_clash(line)
            found = Line(self._as_shown(line), [Line(text, ours=True) for text in (mode.first if mode else ())], ours=True)
            self._put(found, line)
        elif mode is None and line in self.kinds:
            raise Refused(f"{line} is there")
        if mode is not None:
            self.stack.append((found, mode))

    def _as_shown(self, line: str) -> str:
        if self.os == "asa" and re.fullmatch(r"route \S+ \S+ \S+ \S+", line):
            return f"{line} 1"
        return re.sub(r"^(nat \(\S+\)) \d+ (?=source)", r"\1 ", line)

    def _put(self, new: Line, typed: str) -> None:
        """Behind the last line that begins alike; a rule of translation at the position that was typed."""
        words = new.text.split()[0] if self.os == "asa" else " ".join(new.text.split()[:2])
        same = [place for place, one in enumerate(self.lines) if one.text.startswith(words)]
        position = re.match(r"nat \(\S+\) (\d+) source", typed)
        rules = [place for place, one in enumerate(self.lines) if re.match(r"nat \(\S+\) source", one.text)]
        if position and int(position[1]) <= len(rules):
            self.lines.insert(rules[int(position[1]) - 1], new)
        else:
            self.lines.insert(same[-1] + 1 if same else len(self.lines), new)

    def _refuse_clash(self, line: str) -> None:
        """What there is one of: a key of a peer, a transform set of a name, a route by a next hop, a list on an interface."""
        for form in (
            r"(crypto isakmp key )\S+( address \S+)", r"(crypto isakmp keepalive|crypto ikev2 dpd|sysopt connection tcpmss) .+",
            r"(crypto ipsec (?:ikev1 )?transform-set \S+) .+", r"(ip route \S+ \S+ \S+).*", r"(nat \(\S+\) 0) .+",
            r"(crypto map \S+ \d+ (?:match address|set peer)) .+", r"(ip sla schedule \d+) .+", r"(track \d+) .+",
            r"(router bgp) .+",
        ):  # fmt: skip
            match = re.fullmatch(form, line)
            if match and any((other := re.fullmatch(form, one.text)) and other.groups() == match.groups() for one in self.lines):
                raise Refused(f"{line}: there is one already")

    def _below(self, header: Line, mode: Mode, line: str) -> None:
        if line.startswith("no ") and not any(re.fullmatch(form, line) for form in mode.many):
            self._off(header, line.removeprefix("no "))
            return
        words = next((words for words in mode.single if f"{line} ".startswith(f"{words} ")), "")
        opened = next((form for form in mode.opens if re.fullmatch(form, line)), "")
        if not (words or opened or line == "no shutdown" or any(re.fullmatch(form, line) for form in mode.many)):
            raise Refused(f"{line!r} is typed below {header.text!r}, which does not know it")
        if not header.ours and not OPEN.fullmatch(line):
            raise Refused(f"{header.text} is somebody else's")
        self._known(line)
        self._refuse_order(header, line)
        old = next(
            (one for one in header.below if words and re.fullmatch(rf"(?:no )?{re.escape(words)}(?: .*)?", one.text)), None
        )
        found = next((one for one in header.below if one.text == line), None)
        if opened:
            found = found or Line(line, [Line(text, ours=True) for text in mode.opens[opened].first], ours=True)
            if found not in header.below:
                header.below.append(found)
            self.stack.append((found, mode.opens[opened]))
        elif line == "no shutdown" or found:
            return
        elif line in mode.hidden:
            header.below[:] = [one for one in header.below if one is not old]
        elif old is not None:
            if not old.ours:
                raise Refused(f"{old.text} of {header.text} is somebody else's and would be replaced")
            old.text = line
        else:
            self._append(header, line)
        if header.text.startswith("interface Tunnel") and line.startswith("nameif "):
            self.lines.append(Line(f"mtu {line.split()[1]} 1500", ours=True))

    def _refuse_order(self, header: Line, line: str) -> None:
        """An operation at work takes no line, and a neighbour is made before anything is said of it."""
        number = re.fullmatch(r"ip sla (\d+)", header.text)
        if number and any(one.text.startswith(f"ip sla schedule {number[1]} ") for one in self.lines):
            raise Refused(f"{header.text} is scheduled, and {line!r} would change it")
        words = line.split()
        told = words[0] == "neighbor" and words[2] != "remote-as"
        if told and not any(one.text.startswith(f"neighbor {words[1]} remote-as ") for one in header.below):
            raise Refused(f"{line!r}: there is no such neighbour")

    def _append(self, header: Line, line: str) -> None:
        if not header.text.startswith("ip access-list"):
            header.below.append(Line(line, ours=True))
            return
        numbers = [int(one.text.split()[0]) for one in header.below]
        number = int(line.split()[0]) if line[0].isdigit() else max(numbers, default=0) // 10 * 10 + 10
        if number in numbers:
            raise Refused(f"number {number} of {header.text} is taken")
        rule = re.sub(r"^\d+ ", "", line)
        header.below.insert(sum(other < number for other in numbers), Line(f"{number} {rule}", ours=True))

    def _off(self, header: Line, line: str) -> None:
        if re.fullmatch(r"neighbor \S+", line):
            going = [one for one in header.below if one.text.startswith(f"{line} ")]
            if not going or not all(one.ours for one in going):
                raise Refused(f"{line} is not there, or has lines of somebody else")
            header.below[:] = [one for one in header.below if one not in going]
            return
        found = next((one for one in header.below if re.sub(r"^\d+ (?=permit|deny)", "", one.text) == line), None)
        if found is None or not found.ours:
            raise Refused(f"{line} of {header.text} is not there, or is not ours")
        header.below.remove(found)

    def _known(self, line: str) -> None:
        for form, target in self.names:
            match = re.fullmatch(form, line)
            wanted = target.format(re.escape(match[1])) if match else ""
            if wanted and match and match[1] != "any" and not any(re.fullmatch(wanted, one.text) for one in self.lines):
                raise Refused(f"{line} names what is nowhere")

    def _remove(self, line: str) -> None:
        for form in (
            r"crypto isakmp keepalive",
            r"crypto ikev2 dpd",
            r"crypto ipsec transform-set \S+",
            r"crypto map \S+ \d+",
            r"username \S+",
            r"track \d+",
            r"ip sla schedule \d+",
        ):
            if self.os == "ios" and re.fullmatch(form, line):
                self._take([one for one in self.lines if one.text.startswith(f"{line} ")], line)
                return
        self._take([one for one in self.lines if one.text == self._as_shown(line)], line)

    def _clear(self, words: str) -> None:
        self._take([one for one in self.lines if one.text == words or one.text.startswith(f"{words} ")], words)

    def _take(self, going: list[Line], words: str) -> None:
        if not going or not all(line.ours for line in going):
            raise Refused(f"{words} is not there, or is somebody else's")
        left = [line for line in self.lines if not any(line is one for one in going)]
        names = {
            (text, form, target) for one in left for text in one.all() for form, target in self.names if re.fullmatch(form, text)
        }
        self.lines = left
        for text, form, target in names:
            match = re.fullmatch(form, text)
            wanted = re.compile(target.format(re.escape(match[1]))) if match else None
            if (
                wanted
                and any(wanted.fullmatch(one.text) for one in going)
                and not any(wanted.fullmatch(one.text) for one in left)
            ):
                raise Refused(f"{words} is in use: {text}")
        nameifs = {
            one.text.split()[1]
            for line in going
            if line.text.startswith("interface ")
            for one in line.below
            if "nameif" in one.text
        }
        self.lines = [one for one in left if not (one.text.startswith("mtu ") and one.text.split()[1] in nameifs)]
