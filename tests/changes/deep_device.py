"""A router and a firewall that know IKEv2, tunnel interfaces, routes and translation: they take lines, refuse harm, and show.

Judge of the planner, so it shares no code with it. What stands there at the start is somebody else's: to take it away or replace
it is refused, and so are a name that is nowhere, the removal of what something names, and a line in a mode that does not know it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field


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

    def all(self) -> Iterator[str]:
        """Its text and all texts below."""
        yield self.text
        for line in self.below:
            yield from line.all()


@dataclass(frozen=True)
class Mode:
    """What may be typed in a sub-mode: settings that there is one of, by their first words, and lines of which there are many."""

    single: tuple[str, ...] = ()
    many: tuple[str, ...] = ()
    opens: dict[str, Mode] = field(default_factory=dict)
    #: What a new section shows before anything is typed in it.
    first: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()


PEER = Mode(single=("address", "description", "pre-shared-key local", "pre-shared-key remote", "pre-shared-key"))
SETS = ("set transform-set", "set ikev2-profile", "set pfs", "set security-association lifetime seconds", "match address")
IOS: dict[str, Mode | None] = {
    r"aaa new-model": None,
    r"aaa (?:authentication login|authorization network) \S+ \S+": None,
    r"username \S+ (?:password|secret) (?:\d )?\S+": None,
    r"ip local pool \S+ \S+ \S+": None,
    r"crypto isakmp client configuration group \S+": Mode(single=("key", "dns", "domain", "pool", "acl")),
    r"crypto dynamic-map \S+ \d+": Mode(single=("set transform-set", "set pfs")),
    r"crypto map \S+ (?:client|isakmp) .+": None,
    r"crypto map \S+ \d+ ipsec-isakmp dynamic \S+": None,
    r"crypto ikev2 proposal \S+": Mode(single=("encryption", "integrity", "prf", "group")),
    r"crypto ikev2 policy \S+": Mode(single=("match fvrf",), many=(r"match address local \S+", r"proposal \S+")),
    r"crypto ikev2 keyring \S+": Mode(opens={r"peer \S+": PEER}),
    r"crypto ikev2 profile \S+": Mode(
        single=("identity local", "authentication remote", "authentication local", "keyring local", "lifetime", "dpd"),
        many=(r"match identity remote address \S+ \S+", r"no config-exchange request"),
        hidden=("lifetime 86400",),
    ),
    r"crypto ikev2 dpd \d+ \d+ \S+": None,
    r"crypto isakmp policy \d+": Mode(
        single=("encr", "hash", "authentication", "group", "lifetime"), hidden=("hash sha", "lifetime 86400")
    ),
    r"crypto isakmp key \S+ address \S+(?: no-xauth)?": None,
    r"crypto isakmp keepalive \d+ \d+": None,
    r"crypto ipsec transform-set \S+ esp-.+": Mode(single=("mode",), hidden=("mode tunnel",)),
    r"crypto ipsec profile \S+": Mode(single=SETS, hidden=("set security-association lifetime seconds 3600",)),
    r"crypto map \S+ \d+ ipsec-isakmp": Mode(single=SETS, many=(r"set peer \S+",)),
    r"interface Tunnel\d+": Mode(
        single=(
            "ip address",
            "ip mtu",
            "ip tcp adjust-mss",
            "tunnel source",
            "tunnel mode",
            "tunnel destination",
            "tunnel protection",
        ),
        first=("no ip address",),
    ),
    r"interface \S+": Mode(single=("ip address", "ip tcp adjust-mss", "crypto map"), many=(r"ip (?:nat|ospf) .+",)),
    r"ip access-list extended \S+": Mode(many=(r"(?:\d+ )?(?:permit|deny) .+",)),
    r"ip nat inside source list \S+ .+": None,
    r"ip route .+": None,
    r"router bgp \d+": Mode(
        many=(r"bgp .+", r"neighbor .+"), opens={r"address-family .+": Mode(many=(r"neighbor .+", r"network .+"))}
    ),
}
ASA: dict[str, Mode | None] = {
    r"interface Tunnel\d+": Mode(
        single=("nameif", "ip address", "tunnel source", "tunnel destination", "tunnel mode", "tunnel protection"),
        first=("no nameif", "no ip address"),
    ),
    r"interface \S+": Mode(single=("nameif", "security-level", "ip address")),
    r"object(?:-group)? network \S+": Mode(single=("subnet", "host"), many=(r"network-object .+", r"nat \(.+")),
    r"access-list \S+ extended .+": None,
    r"mtu \S+ \d+": None,
    r"nat \(\S+\) .+": None,
    r"route \S+ \S+ \S+ \S+ \d+": None,
    r"sysopt connection tcpmss \d+": None,
    r"crypto ipsec ikev1 transform-set \S+ esp-.+": None,
    r"crypto ipsec ikev2 ipsec-proposal \S+": Mode(
        single=("protocol esp encryption", "protocol esp integrity"),
        first=("protocol esp encryption aes-256", "protocol esp integrity sha-1"),
    ),
    r"crypto ipsec profile \S+": Mode(
        single=("set ikev2 ipsec-proposal", "set ikev1 transform-set", "set pfs", "set security-association lifetime seconds")
    ),
    r"crypto map \S+ \d+ .+": None,
    r"crypto map \S+ interface \S+": None,
    r"crypto ikev2 policy \d+": Mode(
        single=("encryption", "integrity", "group", "prf", "lifetime seconds"),
        first=("encryption aes-256", "integrity sha256", "group 14", "prf sha256", "lifetime seconds 86400"),
    ),
    r"crypto ikev2 enable \S+": None,
    r"crypto ikev1 policy \d+": Mode(
        single=("authentication", "encryption", "hash", "group", "lifetime"),
        first=("authentication pre-share", "encryption 3des", "hash sha", "group 2", "lifetime 86400"),
    ),
    r"crypto ikev1 enable \S+": None,
    r"group-policy \S+ internal": None,
    r"group-policy \S+ attributes": Mode(
        single=(
            *("vpn-tunnel-protocol", "vpn-filter", "vpn-idle-timeout", "vpn-access-hours", "vpn-simultaneous-logins"),
            "vpn-session-timeout",
        )
    ),
    r"tunnel-group \S+ type \S+": None,
    r"tunnel-group \S+ general-attributes": Mode(single=("default-group-policy",)),
    r"tunnel-group \S+ ipsec-attributes": Mode(
        single=("ikev2 remote-authentication", "ikev2 local-authentication", "ikev1 pre-shared-key", "isakmp keepalive")
    ),
}
#: What a line names, and the line that has to be there for it.
IOS_NAMES = (
    (r"proposal (\S+)", r"crypto ikev2 proposal {}"),
    (r"keyring local (\S+)", r"crypto ikev2 keyring {}"),
    (r"set ikev2-profile (\S+)", r"crypto ikev2 profile {}"),
    (r"set transform-set (\S+)", r"crypto ipsec transform-set {} .*"),
    (r"match address (?!local)(\S+)", r"ip access-list extended {}"),
    (r"tunnel protection ipsec profile (\S+)", r"crypto ipsec profile {}"),
    (r"ip nat inside source list (\S+) .+", r"ip access-list extended {}"),
    (r"ip route .+ (Tunnel\d+)(?: .+)?", r"interface {}"),
    (r"crypto map (\S+)", r"crypto map {} \d+ .*"),
    (r"pool (\S+)", r"ip local pool {} .*"),
    (r"acl (\S+)", r"ip access-list extended {}"),
    (r"crypto map .+ ipsec-isakmp dynamic (\S+)", r"crypto dynamic-map {} \d+"),
    (r"crypto map .+ list (\S+)", r"aaa .+ {} local"),
)
ASA_NAMES = (
    (r"(?:crypto map .+ )?set ikev2 ipsec-proposal (\S+)", r"crypto ipsec ikev2 ipsec-proposal {}"),
    (r"(?:crypto map .+ )?set ikev1 transform-set (\S+)", r"crypto ipsec ikev1 transform-set {} .*"),
    (r"tunnel protection ipsec profile (\S+)", r"crypto ipsec profile {}"),
    (r"tunnel destination (\S+)", r"tunnel-group {} type .*"),
    (r"default-group-policy (\S+)", r"group-policy {} internal"),
    (r"crypto map .+ match address (\S+)", r"access-list {} .*"),
    (r"crypto map (\S+) interface .+", r"crypto map {} \d+ .*"),
    (r"nat \(\S+\) 0 access-list (\S+)", r"access-list {} .*"),
    (r"(?:access-list|nat) .*?(?:object|source static) (\S+).*", r"object(?:-group)? network {}"),
    (r"nat .* destination static (\S+).*", r"object(?:-group)? network {}"),
    (r"route (\S+) .+", r"interface .*|mtu {} .*"),
)
#: What of somebody else's section may get a line of ours.
OPEN = re.compile(r"proposal \S+|crypto map \S+|ip tcp adjust-mss \d+|\d+ deny .+")


class DeepDevice:
    """One box. ``numbers``: it shows the sequence numbers of its access lists."""

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

    def _add(self, line: str) -> None:
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
            r"(crypto map \S+ \d+ (?:match address|set peer)) .+",
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
        old = next(
            (one for one in header.below if words and re.fullmatch(rf"(?:no )?{re.escape(words)}(?: .*)?", one.text)), None
        )
        found = next((one for one in header.below if one.text == line), None)
        if opened:
            found = found or Line(line, ours=True)
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
