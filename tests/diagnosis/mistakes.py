"""What is planted in a healthy tunnel: for each cause the lines that a person would have typed wrongly, or the fault on the path.

A mistake says on which end it is made, what is typed there, and what rolls it back. ``applies`` says to which forms it belongs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from msgspec import Struct

from .ground import Ground, Side

Lines = list[str]
OTHER_KEY = "Another.Key-24"
NOBODY = "172.18.124.77"


class Planted(Struct, frozen=True):
    """What was done, and how it is undone: by lines on each end, by faults, by clearing what is left."""

    typed: Sequence[tuple[Side, Lines, Lines]] = ()
    faults: Sequence[tuple[str, str, tuple[str, ...]]] = ()
    after: Sequence[tuple[Side, str]] = ()
    #: False where the SAs of before have to stay.
    fresh: bool = True
    #: What has to be at work before it is judged, by end: what that end is asked, and what its answer then has.
    until: Sequence[tuple[Side, str, str]] = ()
    #: False where a proof by traffic finds nothing: only a verification looks further than whether small packets pass now.
    proved: bool = True


Plant = Callable[[Ground], Planted]


class Mistake(Struct, frozen=True):
    """One way to break a tunnel. ``causes`` are what it may be called: one, or one for each version of IKE."""

    name: str
    causes: tuple[str, ...]
    applies: Callable[[Side, Side], bool]
    plant: Plant
    #: What a verification has to say of it, where only one word is right.
    word: str = ""


def on(which: int, lines: Callable[[Side], tuple[Lines, Lines]]) -> Plant:
    """The mistake of one end: 0 is the near one, 1 the far one."""
    return lambda ground: Planted(typed=[(ground.sides[which], *lines(ground.sides[which]))])


def fault(host: str, name: str) -> Plant:
    """A fault of the path at one end."""
    return lambda _ground: Planted(faults=[(host, name, ())])


# The parts of a configuration


def _policy(side: Side) -> tuple[str, Lines]:
    """Header and lines of the IKE policy, or of the IKEv2 proposal, that the tunnel uses: the last one."""
    kind = {
        ("ios", 1): r"crypto isakmp policy \d+",
        ("ios", 2): r"crypto ikev2 proposal NR-\S+",
        ("asa", 1): r"crypto (?:isakmp|ikev1) policy \d+",
        ("asa", 2): r"crypto ikev2 policy \d+",
    }[side.os, side.version]
    found = re.findall(rf"^({kind}) ?\n((?: .*\n)+)", side.text, re.MULTILINE)
    assert found, side.text
    header, lines = found[-1]
    return header, [line.strip() for line in lines.splitlines()]


def another_cipher(side: Side) -> tuple[Lines, Lines]:
    """Another cipher in the policy, or another hash where there is but one cipher."""
    header, lines = _policy(side)
    line = next(line for line in lines if line.startswith("encr"))
    if "3des" in line:
        return [header, "hash md5"], [header, "hash sha"]
    return [header, re.sub(r"256", "192", line)], [header, line]


def shorter_lifetime(side: Side) -> tuple[Lines, Lines]:
    """A shorter lifetime of IKE at the responder."""
    header, _ = _policy(side)
    return [header, "lifetime 3600"], [header, "lifetime 86400"]


def by_certificates(ground: Ground) -> Planted:
    """Both ends authenticate by certificates that they do not have."""
    return Planted(
        typed=[
            (side, [_policy(side)[0], "authentication rsa-sig"], [_policy(side)[0], "authentication pre-share"])
            for side in ground.sides
        ]
    )


def another_key(side: Side) -> tuple[Lines, Lines]:
    """Another key for the peer."""
    if side.os == "asa":
        header = f"tunnel-group {side.peer} ipsec-attributes"
        words = re.findall(r"^ ((?:ikev1 |ikev2 \S+ )?pre-shared-key) ", _section(side, header), re.MULTILINE)
        return [header, *(f"{w} {OTHER_KEY}" for w in words)], [header, *(f"{w} {side.key}" for w in words)]
    if side.version == 1:
        line = side.find(rf"^crypto isakmp key \S+ address {side.peer}.*?(?=\s*$)")
        other = line.replace(side.key, OTHER_KEY)
        return [f"no {line}", other], [f"no {other}", line]
    header = ["crypto ikev2 keyring NR-pair", "peer NR-pair"]
    return [*header, f"pre-shared-key {OTHER_KEY}"], [*header, f"pre-shared-key {side.key}"]


def another_key_under_sas(ground: Ground) -> Planted:
    """Another key for the peer, while the SAs of before stand."""
    far = ground.sides[1]
    return Planted(typed=[(far, *another_key(far))], fresh=False, proved=False)


def key_for_somebody_else(side: Side) -> tuple[Lines, Lines]:
    """The key is entered for another address than the peer has."""
    if side.version == 1:
        line = side.find(rf"^crypto isakmp key \S+ address {side.peer}.*?(?=\s*$)")
        other = line.replace(side.peer, NOBODY)
        return [f"no {line}", other], [f"no {other}", line]
    header = ["crypto ikev2 keyring NR-pair", "peer NR-pair"]
    return [*header, f"address {NOBODY}"], [*header, f"address {side.peer}"]


def _section(side: Side, header: str) -> str:
    return side.find(rf"^{re.escape(header)} ?\n((?: .*\n)+)")


def another_identity(side: Side) -> tuple[Lines, Lines]:
    """The end says that it is somebody whom the other one does not expect."""
    header = "crypto ikev2 profile NR-pair"
    return [header, "identity local fqdn hq.example.com"], [header, f"identity local address {side.address}"]


def ike_off(side: Side) -> tuple[Lines, Lines]:
    """IKE is switched off."""
    if side.os == "ios":
        return ["no crypto isakmp enable"], ["crypto isakmp enable"]
    line = side.find(rf"^crypto (?:{'isakmp|ikev1' if side.version == 1 else 'ikev2'}) enable outside")
    return [f"no {line}"], [line]


def _entry(side: Side) -> str:
    """Beginning of the lines of the map entry: the header on IOS, what stands in front of each line on an ASA."""
    return side.find(r"^(crypto map \S+ \d+) (?:ipsec-isakmp ?\n(?: .*\n)*? match address NR-pair|match address NR-pair)")


def of_entry(side: Side, *lines: str) -> Lines:
    """Lines of the map entry, or of the IPsec profile of the tunnel interface."""
    if side.style == "vti":
        return ["crypto ipsec profile NR-pair", *lines]
    if side.os == "ios":
        return [f"{_entry(side)} ipsec-isakmp", *lines]
    return [f"no {_entry(side)} {line[3:]}" if line.startswith("no ") else f"{_entry(side)} {line}" for line in lines]


def another_peer(side: Side) -> tuple[Lines, Lines]:
    """The tunnel goes to an address that is nobody's."""
    if side.style == "vti":
        return ["interface Tunnel1", f"tunnel destination {NOBODY}"], ["interface Tunnel1", f"tunnel destination {side.peer}"]
    wrong, right = f"set peer {NOBODY}", f"set peer {side.peer}"
    return of_entry(side, f"no {right}", wrong), of_entry(side, f"no {wrong}", right)


def another_list(side: Side) -> tuple[Lines, Lines]:
    """The list protects another network than the other end's."""
    if side.os == "ios":
        right, wrong = (f"permit ip {lan} 0.0.0.255 {side.far_lan} 0.0.0.255" for lan in (side.lan, "10.77.0.0"))
        header = "ip access-list extended NR-pair"
        return [header, wrong, f"no {right}"], [header, right, f"no {wrong}"]
    right, wrong = (
        f"access-list NR-pair extended permit ip {lan} 255.255.255.0 {side.far_lan} 255.255.255.0"
        for lan in (side.lan, "10.77.0.0")
    )
    return [wrong, f"no {right}"], [right, f"no {wrong}"]


def another_transform(side: Side) -> tuple[Lines, Lines]:
    """Another transform in the set that the tunnel names."""
    if side.os == "asa" and side.version == 2:
        lines = [line.strip() for line in _section(side, "crypto ipsec ikev2 ipsec-proposal NR-pair").splitlines()]
        header = "crypto ipsec ikev2 ipsec-proposal NR-pair"
        other = ["protocol esp encryption aes-192", "protocol esp integrity sha-1"]
        return [header, *other], [header, *lines]
    line = side.find(r"^crypto ipsec (?:ikev1 )?transform-set NR-pair .*?(?=\s*$)")
    words = line.partition("NR-pair ")
    if "3des" in line:
        other = line.replace("esp-sha-hmac", "esp-md5-hmac")
    else:
        other = "".join(words[:2]) + ("esp-aes-192" if side.os == "asa" else "esp-aes 192") + " esp-sha-hmac"
    return [other], [line]


def another_group(side: Side) -> tuple[Lines, Lines]:
    """Another group of PFS."""
    line = side.find(r"(set pfs(?: group\d+)?)")
    one, two = ("group5", "group2") if side.version == 1 else ("group19", "group20")
    other = f"set pfs {one if one not in line else two}"
    return of_entry(side, other), of_entry(side, line)


def no_transform(side: Side) -> tuple[Lines, Lines]:
    """The entry has lost its transform set, as one has whose line was refused."""
    line = side.find(r"(set (?:ikev1 |ikev2 )?(?:transform-set|ipsec-proposal) NR-pair)")
    return of_entry(side, f"no {line}"), of_entry(side, line)


def no_protection(side: Side) -> tuple[Lines, Lines]:
    """The tunnel interface is not protected."""
    line = "tunnel protection ipsec profile NR-pair"
    return ["interface Tunnel1", f"no {line}"], ["interface Tunnel1", line]


def unbound(side: Side) -> tuple[Lines, Lines]:
    """The map is at work nowhere."""
    name = _entry(side).split()[2]
    if side.os == "asa":
        return [f"no crypto map {name} interface outside"], [f"crypto map {name} interface outside"]
    where = f"interface {side.interface}"
    return [where, f"no crypto map {name}"], [where, f"crypto map {name}"]


def later_entry(side: Side) -> tuple[Lines, Lines]:
    """An entry for the same traffic and another peer stands before the tunnel's."""
    name, number = _entry(side).split()[2:]
    body = [line.strip() for line in _section(side, f"crypto map {name} {number} ipsec-isakmp").splitlines()]
    wrong = [line.replace(side.peer, NOBODY) for line in body]
    made = [f"crypto map {name} 51 ipsec-isakmp", *wrong, "exit", f"crypto map {name} 60 ipsec-isakmp", *body, "exit"]
    back = [f"crypto map {name} {number} ipsec-isakmp", *body, "exit", f"no crypto map {name} 51", f"no crypto map {name} 60"]
    return [*made, f"no crypto map {name} {number}"], back


def weaker_first(ground: Ground) -> Planted:
    """Both ends offer a weaker transform before the one that is wanted."""
    return Planted(typed=[(side, *_weaker(side)) for side in ground.sides])


def _weaker(side: Side) -> tuple[Lines, Lines]:
    if side.os == "asa" and side.version == 2:
        made = ["crypto ipsec ikev2 ipsec-proposal WEAK", "protocol esp encryption aes", "protocol esp integrity sha-1", "exit"]
        gone, word = "no crypto ipsec ikev2 ipsec-proposal WEAK", "set ikev2 ipsec-proposal"
    elif side.os == "asa":
        ikev1 = "ikev1 " if "crypto ipsec ikev1 " in side.text else ""
        made = [f"crypto ipsec {ikev1}transform-set WEAK esp-3des esp-md5-hmac"]
        gone, word = f"no {made[0]}", f"set {ikev1}transform-set"
    else:
        weak = "esp-3des esp-md5-hmac" if "3des" in side.text or side.version == 1 else "esp-aes esp-sha-hmac"
        made = [f"crypto ipsec transform-set WEAK {weak}", "exit"]
        gone, word = "no crypto ipsec transform-set WEAK", "set transform-set"
    back = [*of_entry(side, f"{word} NR-pair"), *(["exit"] if side.os == "ios" or side.style == "vti" else []), gone]
    return [*made, *of_entry(side, f"{word} WEAK NR-pair")], back


def translated(side: Side) -> tuple[Lines, Lines]:
    """All that leaves is translated, the tunnel's packets too."""
    rule = f"ip nat inside source list 120 interface {side.interface} overload"
    out, into = f"interface {side.interface}", f"interface {side.inside_interface}"
    made = [f"access-list 120 permit ip {side.lan} 0.0.0.255 any", rule, out, "ip nat outside", into, "ip nat inside"]
    return made, [into, "no ip nat inside", out, "no ip nat outside", "exit", f"no {rule}", "no access-list 120"]


def no_way(side: Side) -> tuple[Lines, Lines]:
    """The default route is gone, and only the peer is left."""
    if side.os == "asa":
        line = side.find(r"^(route outside 0\.0\.0\.0 0\.0\.0\.0 \S+ \d+)")
        host = f"route outside {side.peer} 255.255.255.255 {line.split()[4]}"
    else:
        line = side.find(r"^(ip route 0\.0\.0\.0 0\.0\.0\.0 \S+)")
        host = f"ip route {side.peer} 255.255.255.255 {line.split()[-1]}"
    return [host, f"no {line}"], [line, f"no {host}"]


def into_itself(side: Side) -> tuple[Lines, Lines]:
    """The peer is routed into the tunnel."""
    line = f"ip route {side.peer} 255.255.255.255 Tunnel1"
    return [line], [f"no {line}"]


def past_it(side: Side) -> tuple[Lines, Lines]:
    """The far networks are not routed into the tunnel."""
    line = side.find(rf"^((?:ip route|route \S+) {side.far_lan} 255\.255\.255\.0 \S+)")
    return [f"no {line}"], [line]


def in_clear(how: Callable[[Side], tuple[Lines, Lines]], *, to: str = "sink", fresh: bool = True) -> Plant:
    """A mistake at the near end that lets traffic out in clear, where somebody answers it."""

    def plant(ground: Ground) -> Planted:
        near, _ = ground.sides
        return Planted(typed=[(near, *how(near))], faults=[("near", "clear-path", (to,))], fresh=fresh)

    return plant


def denied(side: Side) -> tuple[Lines, Lines]:
    """One pair of addresses is taken out of what the map protects, as somebody does who wants it elsewhere for a while."""
    if side.os == "asa":
        line = f"access-list NR-pair line 1 extended deny ip host {side.inner} host {side.far_inner}"
        return [line], [f"no {line.replace(' line 1', '')}"]
    header, line = "ip access-list extended NR-pair", f"deny ip host {side.inner} host {side.far_inner}"
    if side.has(r"^version 12\.2"):
        # Lines of a list have no numbers there (12.2(14)S and 12.3(2)T brought them), so it is typed anew, and in this order.
        rest = [held.strip() for held in side.find(rf"^{header} ?\n((?: .*\n)+)").splitlines()]
        return [f"no {header}", header, line, *rest], [f"no {header}", header, *rest]
    return [header, f"5 {line}"], [header, f"no {line}"]


def beside_it(side: Side) -> tuple[Lines, Lines]:
    """A longer route leads one address of the far side past the tunnel."""
    line = f"ip route {side.far_inner} 255.255.255.255 172.18.124.1"
    if side.os == "asa":
        line = f"route outside {side.far_inner} 255.255.255.255 172.18.124.1"
    return [line], [f"no {line}"]


def shut(side: Side) -> tuple[Lines, Lines]:
    """The tunnel interface is shut down."""
    return ["interface Tunnel1", "shutdown"], ["interface Tunnel1", "no shutdown"]


def asks_for_a_user(side: Side) -> tuple[Lines, Lines]:
    """The map of the end asks every peer for a user, as one does that VPN clients came to."""
    line = f"crypto map {_entry(side).split()[2]} client authentication list VPN-USERS"
    return [line], [f"no {line}"]


def no_logins(side: Side) -> tuple[Lines, Lines]:
    """The policy of the tunnel admits nobody."""
    header = "group-policy NR-pair attributes"
    return [header, "vpn-simultaneous-logins 0"], [header, "vpn-simultaneous-logins 3"]


def another_group_at_rekey(ground: Ground) -> Planted:
    """Another group of PFS, which IKEv2 does not ask for before the first SAs are renewed: until then packets pass."""
    far = ground.sides[1]
    return Planted(typed=[(far, *another_group(far))], proved=False)


def stale(ground: Ground) -> Planted:
    """The far end forgets its SAs, and the near end, which does not look after its peer, goes on with them."""
    near, far = ground.sides
    line = near.find(r"^(crypto isakmp keepalive \d+ \d+)")
    return Planted(typed=[(near, [f"no {line}"], [line])], after=[(far, "write memory"), (far, "reload")], fresh=False)


def narrow_path(_ground: Ground) -> Planted:
    """The path takes less than a packet of full size in ESP, and nobody says so."""
    return Planted(faults=[("far", "path-mtu", ("1400",))], fresh=False, proved=False)


def port_translated(ground: Ground) -> Planted:
    """A translator in the path changes ports, and UDP 4500 is lost."""
    near, _ = ground.sides
    return Planted(faults=[("near", "behind-nat", (near.address,)), ("far", "drop-4500", ())])


def late_packets(_ground: Ground) -> Planted:
    """Packets come to the far end so much out of order that its anti-replay window drops most of them."""
    return Planted(faults=[("far", "late-esp", ())], fresh=False, proved=False)
