"""Reading the output of many peers: nr-run beside precompiled TextFSM (ntc-templates) and Genie, on the same text.

    python -m venv bench-venv
    bench-venv/bin/pip install "pyats[library]" ntc-templates
    python benchmarks/parse.py --others bench-venv/bin/python

The others are needed for the comparison alone, so they live in an environment of their own. Each contender runs in its own
process, one after the other, `--rounds` times in turn; printed is the median of the CPU time of the best of three readings,
so that what else the machine does counts little. The honesty checks of nr-run are included; the others have none. Genie is
called with `cli()`, without its schema check. The text is made here, in the format of IOS-XE.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

SIZES = (1, 100, 1000, 5000)

COUNTERS = """\
    #pkts encaps: {n}28, #pkts encrypt: {n}28, #pkts digest: {n}28
    #pkts decaps: {n}21, #pkts decrypt: {n}21, #pkts verify: {n}21
    #pkts compressed: 0, #pkts decompressed: 0
    #pkts not compressed: 0, #pkts compr. failed: 0
    #pkts not decompressed: 0, #pkts decompress failed: 0
    #pkts no sa (send) 0, #pkts invalid sa (rcv) 0
    #pkts encaps failed (send) 0, #pkts decaps failed (rcv) 0
    #pkts invalid prot (recv) 0, #pkts verify failed: 0
    #pkts invalid identity (recv) 0, #pkts invalid len (rcv) 0
    #pkts replay rollover (send): 0, #pkts replay rollover (rcv) 0
    ##pkts replay failed (rcv): 0
    #pkts tagged (send): 0, #pkts untagged (rcv): 0
    #pkts not tagged (send): 0, #pkts not untagged (rcv): 0
    #pkts internal err (send): 0, #pkts internal err (recv) 0
"""

SA = """\
      spi: 0x{spi:X}({spi})
        transform: esp-256-aes esp-sha256-hmac ,
        in use settings ={{Tunnel, }}
        conn id: {conn}, flow_id: CSR:{conn}, sibling_flags FFFFFFFF80000048, crypto map: Tunnel{n}-head-0
        sa timing: remaining key lifetime (k/sec): (4607{n:03}/{n:04})
        IV size: 16 bytes
        replay detection support: Y  replay window size: 1024
        Status: ACTIVE(ACTIVE)
"""


def ipsec(peers: int) -> str:
    """`show crypto ipsec sa detail`: one tunnel, two SAs per peer."""
    parts = ["\n"]
    for n in range(1, peers + 1):
        peer = f"10.{n >> 8}.{n & 255}.2"
        parts.append(
            f"interface: Tunnel{n}\n    Crypto map tag: Tunnel{n}-head-0, local addr 192.0.2.1\n\n"
            f"   protected vrf: (none)\n   local  ident (addr/mask/prot/port): (192.0.2.1/255.255.255.255/47/0)\n"
            f"   remote ident (addr/mask/prot/port): ({peer}/255.255.255.255/47/0)\n   current_peer {peer} port 500\n"
            f"     PERMIT, flags={{origin_is_acl,}}\n{COUNTERS.format(n=n)}\n"
            f"     local crypto endpt.: 192.0.2.1, remote crypto endpt.: {peer}\n"
            f"     plaintext mtu 1438, path mtu 1500, ip mtu 1500, ip mtu idb GigabitEthernet1\n"
            f"     current outbound spi: 0x{n + 65536:X}({n + 65536})\n     PFS (Y/N): N, DH group: none\n\n"
            f"     inbound esp sas:\n{SA.format(spi=n + 4096, conn=n, n=n)}\n     inbound ah sas:\n\n     inbound pcp sas:\n\n"
            f"     outbound esp sas:\n{SA.format(spi=n + 65536, conn=n + 1, n=n)}\n     outbound ah sas:\n\n"
            f"     outbound pcp sas:\n\n"
        )
    return "".join(parts)


def session(peers: int) -> str:
    """`show crypto session detail`: one session with one flow per peer."""
    parts = [
        "Crypto session current status\n\nCode: C - IKE Configuration mode, D - Dead Peer Detection     \n"
        "K - Keepalives, N - NAT-traversal, T - cTCP encapsulation     \nX - IKE Extended Authentication, F - IKE Fragmentation\n"
        "R - IKE Auto Reconnect, U - IKE Dynamic Route Update\nS - SIP VPN\n\n"
    ]
    for n in range(1, peers + 1):
        peer = f"10.{n >> 8}.{n & 255}.2"
        parts.append(
            f"Interface: Tunnel{n}\nProfile: BRANCH\nUptime: 11:12:24\nSession status: UP-ACTIVE     \n"
            f"Peer: {peer} port 4500 fvrf: INET ivrf: (none)\n      Phase1_id: {peer}\n      Desc: (none)\n  Session ID: {n}  \n"
            f"  IKEv2 SA: local 192.0.2.1/4500 remote {peer}/4500 Active \n"
            f"          Capabilities:DN connid:{n} lifetime:12:47:36\n"
            f"  IPSEC FLOW: permit ip 0.0.0.0/0.0.0.0 0.0.0.0/0.0.0.0 \n        Active SAs: 2, origin: crypto map\n"
            f"        Inbound:  #pkts dec'ed {n}01 drop 0 life (KB/Sec) 4607363/2513\n"
            f"        Outbound: #pkts enc'ed {n}02 drop 0 life (KB/Sec) 4606628/2513\n\n"
        )
    return "".join(parts)


TEXTS: dict[str, Callable[[int], str]] = {"show crypto ipsec sa detail": ipsec, "show crypto session detail": session}

Reader = Callable[[str], int]
"""Reads a text and says how many peers it found."""


def nr_run(command: str) -> Reader:
    """The parser of this project, honesty checks included."""
    from nr_run.parsers import parse

    def read(text: str) -> int:
        parsed = parse("ios", command, text)
        if not parsed.complete:
            raise SystemExit(f"nr-run: {parsed.problems[0]}")
        return len(parsed.state)

    return read


def textfsm(command: str) -> Reader:
    """The template of ntc-templates, compiled once."""
    import ntc_templates
    import textfsm as library

    name = f"cisco_ios_{command.replace(' ', '_')}.textfsm"
    with (Path(ntc_templates.__file__).parent / "templates" / name).open(encoding="utf-8") as file:
        machine = library.TextFSM(file)

    def read(text: str) -> int:
        machine.Reset()
        return len({row[0] for row in machine.ParseText(text)})

    return read


def genie(command: str) -> Reader:
    """Genie's bare `cli()`, without the schema check."""
    from genie.conf.base import Device
    from genie.libs.parser.iosxe import show_crypto

    device = Device("bench", os="iosxe")
    device.custom = {"abstraction": {"order": ["os"]}}
    parser = getattr(show_crypto, "".join(word.capitalize() for word in command.split()))
    return lambda text: len(parser(device=device).cli(output=text)["interface"])


CONTENDERS: dict[str, Callable[[str], Reader]] = {"nr-run": nr_run, "TextFSM": textfsm, "Genie cli()": genie}


def child(name: str, command: str, peers: int) -> None:
    """One measurement in a process of its own; prints JSON."""
    read, text = CONTENDERS[name](command), TEXTS[command](peers)
    if read(text) != peers:
        raise SystemExit(f"{name} did not find {peers} peers")
    best = float("inf")
    for _ in range(3):
        repeats = max(1, 200 // peers)
        start = time.process_time()
        for _ in range(repeats):
            read(text)
        best = min(best, (time.process_time() - start) / repeats)
    tracemalloc.start()
    read(text)
    print(json.dumps({"ms": best * 1000, "mb": tracemalloc.get_traced_memory()[1] / 1e6}))


def measure(python: str, name: str, command: str, peers: int) -> dict[str, float]:
    """Run one measurement with the interpreter that has the contender."""
    done = subprocess.run(
        [python, __file__, "--child", name, command, str(peers)], capture_output=True, text=True, check=False, timeout=900
    )
    if done.returncode:
        raise SystemExit(f"{name} failed: {(done.stderr or done.stdout).strip().splitlines()[-1]}")
    result: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return result


def main() -> None:
    """Print one table per command."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--others", help="interpreter of the environment with pyats[library] and ntc-templates")
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    options = arguments.parse_args()
    if options.child:
        child(options.child[0], options.child[1], int(options.child[2]))
        return
    names = list(CONTENDERS) if options.others else ["nr-run"]
    for command in TEXTS:
        print(f"\n{command}: ms of CPU time per reading (peak MB of Python objects)\n")
        print(f"{'peers':>7} {'text MB':>8} " + " ".join(f"{name:>20}" for name in names))
        for peers in SIZES:
            found: dict[str, list[dict[str, float]]] = {name: [] for name in names}
            for _ in range(options.rounds):
                for name in names:
                    found[name].append(measure(sys.executable if name == "nr-run" else options.others, name, command, peers))
            cells = [
                f"{statistics.median(r['ms'] for r in found[name]):10.2f} ({max(r['mb'] for r in found[name]):6.1f})"
                for name in names
            ]
            print(f"{peers:>7} {len(TEXTS[command](peers)) / 1e6:>8.2f} " + " ".join(f"{cell:>20}" for cell in cells), flush=True)


if __name__ == "__main__":
    main()
