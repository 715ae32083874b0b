"""Readers of the outputs of many peers, each in a process of its own: nr-run, a floor, and what a user would take instead.

    python benchmarks/parse.py NAME COMMAND PEERS

prints the milliseconds of CPU of one reading, the median of three after a first one, as JSON. `bench.py` lets them take turns
(readings.py). The floor is written by hand for this text alone, checks nothing and knows no other form; the honesty checks of
nr-run are included, the others have none. Genie is called with `cli()`, without its schema check; TTP reads the same template as
nr-run; TextFSM reads that of ntc-templates, compiled once. The texts are those of large_outputs.py.

No text is read twice, since nr-run remembers what it has read of the very same one. Every side reads the same texts in the same
order: each has as many lines as the others, and other addresses and numbers of its peers.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Any

from large_outputs import different

#: The class of Genie, where it is not the words of the command.
GENIE = {
    "show crypto ipsec sa detail": ("show_crypto", "ShowCryptoIpsecSaDetail"),
    "show crypto session detail": ("show_crypto", "ShowCryptoSessionDetail"),
    "show crypto ikev2 sa": ("show_crypto", "ShowCryptoIkev2Sa"),
    "show ip route": ("show_routing", "ShowIpRoute"),
    "show ip bgp summary": ("show_bgp", "ShowBgpSummary"),
}

Reader = Callable[[str], int]
"""Reads a text and says how many peers it found."""


def nr_run(command: str) -> Reader:
    """The parser of this project, honesty checks included."""
    from nr_run.parsers import parse

    def read(text: str) -> int:
        parsed = parse("ios", command, text)
        if not parsed.complete:
            raise SystemExit(f"nr-run: {parsed.problems[0]}")
        return len(parsed.state[0].neighbors if command == "show ip bgp summary" else parsed.state)

    return read


def floor(command: str) -> Reader:
    """Splits the lines of this very text into dictionaries of what nr-run finds, addresses and numbers made of the words."""
    return {
        "show crypto ipsec sa detail": _ipsec_floor,
        "show crypto session detail": _session_floor,
        "show crypto ikev2 sa": _ikev2_floor,
        "show ip route": _route_floor,
        "show ip bgp summary": _bgp_floor,
    }[command]


def _ipsec_floor(text: str) -> int:
    found: list[dict[str, Any]] = []
    now: dict[str, Any] = {}
    side = ""
    for line in text.split("\n"):
        word = line.strip()
        if word.startswith("interface: "):
            now = {"interface": word[11:]}
            found.append(now)
        elif word.startswith("#"):
            for part in word.split(", "):
                name, _, value = part.lstrip("#").rpartition(" ")
                now[name.rstrip(": ")] = int(value)
        elif word.startswith(("inbound ", "outbound ")):
            side = word
        elif word.startswith("spi: "):
            sa: dict[str, Any] = {"spi": int(word[5:].split("(")[0], 16)}
            now.setdefault(side, []).append(sa)
        elif word.startswith("sa timing"):
            kilobytes, _, seconds = word.rpartition("(")[2].rstrip(")").partition("/")
            sa["kilobytes"], sa["seconds"] = int(kilobytes), int(seconds)
        elif word.startswith("conn id: "):
            sa["conn_id"] = int(word[9:].split(",")[0])
        elif word.startswith(("transform: ", "in use settings", "Status: ", "IV size", "replay detection")):
            sa[word.split(":")[0].split("=")[0]] = word
        elif word.startswith(("local  ident", "remote ident")):
            address, mask, *ports = word.rpartition("(")[2].rstrip(")").split("/")
            now[word[:6]] = IPv4Network(f"{address}/{mask}"), *map(int, ports)
        elif word.startswith("current_peer "):
            now["peer"], now["port"] = IPv4Address(word.split()[1]), int(word.split()[3])
        elif word.startswith("local crypto endpt.: "):
            local, remote = word.split(", ")
            now["local"], now["remote"] = IPv4Address(local.split()[-1]), IPv4Address(remote.split()[-1])
        elif ": " in word:
            name, _, value = word.partition(": ")
            now[name] = value
    return len(found)


def _session_floor(text: str) -> int:
    found: list[dict[str, Any]] = []
    now: dict[str, Any] = {}
    for line in text.split("\n"):
        word = line.strip()
        if word.startswith("Interface: "):
            now = {"interface": word[11:]}
            found.append(now)
        elif word.startswith(("Inbound:", "Outbound:")):
            words = word.split()
            now[words[0]] = {"packets": int(words[3]), "drop": int(words[5]), "life": [int(n) for n in words[-1].split("/")]}
        elif word.startswith("Peer: "):
            words = word.split()
            now["peer"], now["port"] = IPv4Address(words[1]), int(words[3])
        elif word.startswith("IKEv2 SA: "):
            words = word.split()
            (local, own), (remote, port) = words[3].split("/"), words[5].split("/")
            now["sa"] = IPv4Address(local), int(own), IPv4Address(remote), int(port), words[6]
        elif word.startswith("IPSEC FLOW: "):
            ends = [word.split()[number].split("/") for number in (4, 5)]
            now["flow"] = [IPv4Network(f"{address}/{mask}") for address, mask in ends]
        elif ": " in word:
            name, _, value = word.partition(": ")
            now[name] = value
    return len(found)


def _ikev2_floor(text: str) -> int:
    found: list[dict[str, Any]] = []
    for line in text.split("\n"):
        words = line.split()
        if words and words[0].isdigit():
            (local, own), (remote, port) = words[1].split("/"), words[2].split("/")
            ends = {"local": IPv4Address(local), "own": int(own), "remote": IPv4Address(remote), "port": int(port)}
            found.append({"id": int(words[0]), **ends, "vrf": words[3], "status": words[4]})
        elif words and words[0] == "Encr:":
            found[-1] |= dict(part.strip().split(":", 1) for part in line.replace(", keysize: ", "/").split(","))
        elif words and words[0] == "Life/Active":
            found[-1]["life"], found[-1]["active"] = map(int, words[2].split("/"))
    return len(found)


def _route_floor(text: str) -> int:
    found: list[dict[str, Any]] = []
    for line in text.partition("Gateway")[2].split("\n")[3:]:
        words = line.split()
        if len(words) > 4 and words[3] == "directly":
            found.append({"code": words[0], "prefix": IPv4Network(f"{words[1]}/24"), "interface": words[-1]})
        elif len(words) > 4:
            distance, _, metric = words[2].strip("[]").partition("/")
            hours, minutes, seconds = words[5].split(":")
            age = 3600 * int(hours) + 60 * int(minutes) + int(seconds)
            gateway = IPv4Address(words[4].rstrip(","))
            way = {"distance": int(distance), "metric": int(metric), "gateway": gateway, "age": age}
            found.append({"code": words[0], "prefix": IPv4Network(f"{words[1]}/24"), **way})
    return len(found)


def _bgp_floor(text: str) -> int:
    rows = text.partition("State/PfxRcd\n")[2].split("\n")
    names = ("version", "as", "received", "sent", "table", "in", "out")
    found = []
    for line in rows:
        words = line.split()
        if words:
            found.append(
                {
                    "neighbor": IPv4Address(words[0]),
                    **dict(zip(names, map(int, words[1:8]), strict=True)),
                    "age": words[8],
                    "state": words[9],
                }
            )
    return len(found)


def ttp(command: str) -> Reader:
    """TTP itself with the template of nr-run, whose expressions take a line wherever it is indented."""
    from nr_run.parsers.line_rules.program import ttp_parser

    name = f"{command.removesuffix(' detail').replace(' ', '_')}.ttp"
    parser = ttp_parser((Path(__file__).parent.parent / "parsers" / "templates" / "ios" / name).read_text())

    def read(text: str) -> int:
        parser.clear_input()
        parser.clear_result()
        parser.add_input(text)
        parser.parse(one=True)
        result = parser.result(structure="flat_list")
        peers = _deepest(result, "neighbor" if command == "show ip bgp summary" else "")
        # A template that matches next to nothing is fast.
        return peers if _leaves(result) >= 4 * peers else 0

    return read


def _leaves(found: Any) -> int:
    """How many values there are in what TTP made."""
    if isinstance(found, dict | list):
        return sum(_leaves(value) for value in (found.values() if isinstance(found, dict) else found))
    return 1


def _deepest(found: Any, name: str) -> int:
    """How many of a group there are, however TTP nests them; of the longest list where no name is given."""
    if isinstance(found, list):
        return max([0 if name else len(found), *(_deepest(item, name) for item in found)])
    if isinstance(found, dict):
        own = [len(value) for key, value in found.items() if isinstance(value, list) and key.rstrip("*") == name]
        return max([0, *own, *(_deepest(value, name) for value in found.values())])
    return 0


def textfsm(command: str) -> Reader:
    """The template of ntc-templates, compiled once."""
    import ntc_templates
    import textfsm as library

    name = f"cisco_ios_{command.replace(' ', '_')}.textfsm"
    with (Path(ntc_templates.__file__).parent / "templates" / name).open(encoding="utf-8") as file:
        machine = library.TextFSM(file)
    peer = 0 if "crypto ipsec" in command or "session" in command else None

    def read(text: str) -> int:
        machine.Reset()
        rows = machine.ParseText(text)
        return len(rows) if peer is None else len({row[peer] for row in rows})

    return read


def genie(command: str) -> Reader:
    """Genie's bare `cli()`, without the schema check."""
    import importlib

    from genie.conf.base import Device

    module, name = GENIE[command]
    device = Device("bench", os="iosxe")
    device.custom = {"abstraction": {"order": ["os"]}}
    parser = getattr(importlib.import_module(f"genie.libs.parser.iosxe.{module}"), name)

    def read(text: str) -> int:
        return _largest(parser(device=device).cli(output=text))

    return read


def _largest(found: Any) -> int:
    """The size of the largest dictionary in what Genie made: that of the peers."""
    return max([len(found), *(_largest(value) for value in found.values() if isinstance(value, dict))]) if found else 0


CONTENDERS: dict[str, Callable[[str], Reader]] = {
    "nr-run": nr_run,
    "floor": floor,
    "TTP": ttp,
    "TextFSM": textfsm,
    "Genie": genie,
}


def main(name: str, command: str, peers: int) -> None:
    """One measurement; prints JSON."""
    read = CONTENDERS[name](command)
    found = read(different(command, peers, 0))
    # What TTP flattens may hold the title beside them, what Genie nests the families.
    if not peers <= found <= max(peers + 2, 64):
        raise SystemExit(f"{name} found {found} of {peers} peers")
    read(different(command, peers, 1))  # the second reading of a process may compile what the first one has learnt
    repeats, taken = max(1, 200 // peers), []
    for turn in range(3):
        texts = [different(command, peers, 2 + repeats * turn + number) for number in range(repeats)]
        begun = time.process_time()
        for each in texts:
            read(each)
        taken.append((time.process_time() - begun) / repeats)
    print(json.dumps({"ms": statistics.median(taken) * 1000}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
