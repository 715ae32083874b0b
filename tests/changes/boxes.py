"""Generated routers: any mix of what a 12.2 device has before the tunnel comes, written as the device shows it."""

from __future__ import annotations

from hypothesis import strategies as st
from msgspec import Struct

from nr_run.inventory.intents.intent import Dpd, End, IKEProposal, IPSecProposal

from .rendering import termination

POLICIES = (
    " encr 3des\n authentication pre-share\n group 2\n",
    " encr 3des\n hash md5\n authentication pre-share\n",
    " hash md5\n authentication pre-share\n",
    " encr 3des\n authentication pre-share\n group 2\n lifetime 3600\n",
    "",
)


class Box(Struct, frozen=True):
    """A running configuration, and what was put into it."""

    running: str
    map_name: str | None
    bound: bool
    lowest_dynamic: int | None
    static: tuple[int, ...]
    xauth: bool
    keepalive: str | None


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    """A device with or without a map on its outside interface, VPN clients, other branches, translation and so on."""
    numbers = draw(st.sets(st.integers(1, 400), max_size=4))
    policies = "".join(f"crypto isakmp policy {number}\n{draw(st.sampled_from(POLICIES))}" for number in sorted(numbers))
    others = draw(st.integers(0, 3))
    map_name = draw(st.sampled_from(["clientmap", "NR-MAP", "outside.map"])) if others or draw(st.booleans()) else None
    dynamic = draw(st.sampled_from([None, 5, 10, 65535])) if map_name else None
    if map_name and not others and dynamic is None:
        dynamic = 10
    highest = (dynamic or 60000) - 1
    static = tuple(sorted(draw(st.sets(st.integers(1, highest), min_size=others, max_size=others))))
    keys = "".join(f"crypto isakmp key <key:0000000{n}> address 192.0.2.{n}\n" for n in range(len(static)))
    keepalive = draw(st.sampled_from([None, "crypto isakmp keepalive 10 3\n", "crypto isakmp keepalive 60 5\n"]))
    xauth = bool(dynamic) and draw(st.booleans())
    clients = f"crypto map {map_name} client authentication list userauthen\n" if xauth else ""
    entries, lists = _entries(draw, map_name, static)
    if dynamic:
        entries += f"crypto map {map_name} {dynamic} ipsec-isakmp dynamic dynmap\n"
    bound = map_name is not None and draw(st.booleans())
    running = (
        "version 12.2\nhostname vpn2611\nip subnet-zero\n"
        f"{policies}{keys}{keepalive or ''}"
        "crypto isakmp client configuration group staff\n key <key:000000aa>\n"
        "crypto ipsec transform-set myset esp-3des esp-md5-hmac\n"
        "crypto dynamic-map dynmap 10\n set transform-set myset\n"
        f"{clients}{entries}"
        "interface Ethernet0/0\n ip address 172.18.124.159 255.255.255.0\n half-duplex\n"
        f"{f' crypto map {map_name}' + chr(10) if bound else ''}"
        "interface Ethernet0/1\n ip address 10.10.10.1 255.255.255.0\n"
        f"{draw(st.sampled_from(['', 'ip nat inside source list 120 interface Ethernet0/0 overload' + chr(10)]))}"
        f"ip classless\nip route 0.0.0.0 0.0.0.0 172.18.124.1\n{lists}line vty 0 4\n"
    )
    return Box(running, map_name, bound, dynamic, static, xauth, keepalive)


def _entries(draw: st.DrawFn, map_name: str | None, static: tuple[int, ...]) -> tuple[str, str]:
    """Other branches: map entries with their access lists, named ones first as the device shows them."""
    entries, named, numbered = "", "", ""
    for n, number in enumerate(static):
        rule = f"permit ip 10.10.10.0 0.0.0.255 10.10.{100 + n}.0 0.0.0.255"
        if draw(st.booleans()):
            name = f"branch-{n}"
            named += f"ip access-list extended {name}\n {rule}\n"
        else:
            name = str(100 + n)
            numbered += f"access-list {name} {rule}\n"
        entries += f"crypto map {map_name} {number} ipsec-isakmp\n set peer 192.0.2.{n}\n"
        entries += f" set transform-set myset\n match address {name}\n"
    return entries, named + numbered


class Wanted(Struct, frozen=True):
    """A tunnel seen from the 2611, and its cryptography."""

    end: End
    ike: IKEProposal
    ipsec: IPSecProposal
    pfs_group: int | None
    dpd: Dpd | None
    name: str


@st.composite
def tunnels(draw: st.DrawFn) -> Wanted:
    """Any tunnel that the 12.2 devices can have, with or without names that the intent gives."""
    near = tuple(f"10.10.{n}.0/24" for n in (10, *draw(st.sets(st.integers(11, 14), max_size=1))))
    far = tuple(f"10.20.{n}.{'0/24' if n else '1/32'}" for n in sorted(draw(st.sets(st.integers(0, 4), min_size=1, max_size=2))))
    cisco = draw(st.fixed_dictionaries({}, optional={"access_list": st.just("OWN"), "transform_set": st.just("OWN-SET")}))
    hq = termination("vpn2611", "172.18.124.159", near, "10.10.10.1", cisco)
    branch = termination("vpn3640", "172.18.124.199", far, f"{far[0].rpartition('.')[0]}.1")
    ike = IKEProposal(
        name="ike",
        encryption_algorithm="3des-cbc",
        authentication_algorithm="hmac-sha1",
        group=draw(st.sampled_from([2, 5])),
        sa_lifetime=draw(st.sampled_from([None, 3600, 86400])),
    )
    ipsec = IPSecProposal(
        name="esp",
        encryption_algorithm=draw(st.sampled_from(["3des-cbc", "aes-256-cbc"])),
        authentication_algorithm="hmac-sha1",
        sa_lifetime_seconds=draw(st.sampled_from([None, 1800])),
        sa_lifetime_data=draw(st.sampled_from([None, 100000])),
    )
    dpd = draw(st.sampled_from([None, Dpd(interval_seconds=10, retries=3)]))
    name = draw(st.sampled_from(["hq-branch", "b", "a.b_c-1"]))
    return Wanted(End(hq, branch), ike, ipsec, draw(st.sampled_from([None, 2])), dpd, name)
