"""What the intent can ask for and is not built is said as that; an end that is not ours, and auto, are read."""

from __future__ import annotations

from pathlib import Path

import pytest

from nr_run.inventory.errors import IntentError
from nr_run.inventory.intents.intent_files import load_intent

from .test_intent_files import edit, refusal

OUTSIDE = "        outside_ip: 172.18.124.199"
PREFIXES = "        protected_prefixes: [10.10.20.0/24]"
IPV6 = "is IPv6, which is not built: the ends of a tunnel and the networks behind them are IPv4"
UNKNOWN = "says that the address is not known beforehand, and such an end is not built: give its IPv4 address"
SECOND = "tunnels[0].terminations[1]"
DPD = "tunnels[0].dpd"


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (OUTSIDE, "        outside_ip: 2001:db8::1", f"{SECOND}.outside_ip: {IPV6}"),
        (PREFIXES, "        protected_prefixes: ['2001:db8:1::/48']", f"{SECOND}.protected_prefixes[0]: {IPV6}"),
        (
            OUTSIDE,
            "        outside_ip: dynamic",
            f"{SECOND}.outside_ip: {UNKNOWN}",
        ),
        (
            OUTSIDE,
            "        outside_ip: 0.0.0.0",
            f"{SECOND}.outside_ip: {UNKNOWN}",
        ),
        (
            OUTSIDE,
            "        outside_ip: [172.18.124.199, 172.18.124.200]",
            f"{SECOND}.outside_ip: has several addresses, and backup peers are not built: give one address",
        ),
        (
            OUTSIDE,
            "        outside_ip: vpn.example.com",
            f"{SECOND}.outside_ip: is a name, and a peer by its name is not built: give its IPv4 address",
        ),
        (OUTSIDE, f"{OUTSIDE}\n        backup_peers: [172.18.124.200]", f"{SECOND}.backup_peers: a backup peer is not built"),
        (OUTSIDE, "        outside_ip: 2001:db8::1/64", f"{SECOND}.outside_ip: {IPV6}"),
        (OUTSIDE, "        outside_ip: '[2001:db8::1]'", f"{SECOND}.outside_ip: {IPV6}"),
        (PREFIXES, "        protected_prefixes: ['2001:db8:1::']", f"{SECOND}.protected_prefixes[0]: {IPV6}"),
        (PREFIXES, "        protected_prefixes: ['::/0']", f"{SECOND}.protected_prefixes[0]: {IPV6}"),
        ("        probe_address: 10.10.20.1", "        probe_address: 2001:db8::9", f"{SECOND}.probe_address: {IPV6}"),
        (OUTSIDE, "        outside_ip: 0.0.0.0/0", f"{SECOND}.outside_ip: {UNKNOWN}"),
        (OUTSIDE, "        outside_ip: any4", f"{SECOND}.outside_ip: {UNKNOWN}"),
        (
            OUTSIDE + "\n",
            "",
            f"{SECOND}.outside_ip: is missing: give the IPv4 address of this end; one that is not known beforehand is not built",
        ),
        (
            OUTSIDE,
            f"{OUTSIDE}\n        dynamic: true",
            f"{SECOND}.dynamic: an end whose address is not known beforehand is not built: leave dynamic out",
        ),
        *(
            (
                OUTSIDE,
                f"        outside_ip: '172.18.124.199{between}172.18.124.200'",
                f"{SECOND}.outside_ip: has several addresses, and backup peers are not built: give one address",
            )
            for between in (", ", " ", ";")
        ),
        (OUTSIDE, f"{OUTSIDE}\n        outside_ips: [172.18.124.200]", f"{SECOND}.outside_ips: a backup peer is not built"),
        (
            OUTSIDE,
            f"{OUTSIDE}\n        fqdn: vpn.example.com",
            f"{SECOND}.fqdn: a peer by its name is not built: leave fqdn out",
        ),
        (
            OUTSIDE,
            f"{OUTSIDE}\n        nat_pool: 10.9.0.0/24",
            f"{SECOND}.nat_pool: address translation of an end is not built: leave nat_pool out",
        ),
        (
            OUTSIDE,
            f"{OUTSIDE}\n        remote_id: branch@example.com",
            f"{SECOND}.remote_id: an IKE identity other than the address of an end is not built: leave remote_id out",
        ),
        (OUTSIDE, f"{OUTSIDE}\n        mtu: 1400", f"{SECOND}.mtu: does not stand here: tunnels[].cisco has mtu for that"),
        (OUTSIDE, f"{OUTSIDE}\n        pfs: 14", f"{SECOND}.pfs: does not stand here: ipsec_policies has pfs_group for that"),
        (
            "    dpd:\n      interval_seconds: 10\n      retries: 3",
            "    dpd: off",
            f"{DPD}: is left out where no dead peer detection",
        ),
        (OUTSIDE, f"{OUTSIDE}\n        vrf: CUSTOMER", f"{SECOND}.vrf: a tunnel in a VRF is not built: leave vrf out"),
        ("    nat_traversal: false", "    tunnel_prefix: fd00::/127", f"tunnels[0].tunnel_prefix: {IPV6}"),
        (
            "    nat_traversal: false",
            "    tunnel_prefix: 10.255.0.0/29",
            "tunnels[0].tunnel_prefix: has to be a /30 or a /31: the addresses of the two ends of one tunnel",
        ),
    ],
)
def test_what_is_not_built_is_said_to_be_not_built(vpn: Path, old: str, new: str, sentence: str) -> None:
    """IPv6, backup peers, an unknown address, a peer by its name: one sentence with its line, and never a typing error."""
    path = vpn / "hq-branch.yaml"
    edit(path, old, new)
    (said,) = [line for line in refusal(vpn) if sentence in line]
    assert said.startswith(f"{path}:")
    assert "is not an IPv4" not in "".join(refusal(vpn))


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("      - host: vpn3640\n        role: peer\n", "      - role: peer\n", f"{SECOND}.host: is missing"),
        ("        probe_address: 10.10.20.1", "        probe_adress: 10.10.20.1", f"{SECOND}.probe_adress: unknown key (did you"),
        ("        interface: Ethernet0/0\n" + OUTSIDE, "        interface: '0 0'\n" + OUTSIDE, f"{SECOND}.interface: has to be"),
        (
            "    nat_traversal: false",
            "    cisco: {style: vtl}",
            "tunnels[0].cisco.style: 'vtl' is not a value it can have (did you mean vti?)",
        ),
        ("    nat_traversal: false", "    cisco: {mss: 9000}", "tunnels[0].cisco.mss: has to be at most 1460"),
        ("    nat_traversal: false", "    cisco: {route: none}", "tunnels[0].cisco.route: unknown key (did you mean routes?)"),
    ],
)
def test_a_wrong_field_of_an_end_is_named_without_the_kind_of_end(vpn: Path, old: str, new: str, sentence: str) -> None:
    """An end is ours where it has a host, an interface or a cisco block, and what it lacks is told by the file's own keys."""
    edit(vpn / "hq-branch.yaml", old, new)
    assert any(sentence in line for line in refusal(vpn)), refusal(vpn)


def test_an_end_without_a_host_is_not_ours(vpn: Path) -> None:
    """An end with neither host nor interface is that of a partner; what it may have is its own."""
    path = vpn / "hq-branch.yaml"
    text = path.read_text()
    foreign = "      - partner: Example Ltd\n        outside_ip: 198.51.100.7\n        protected_prefixes: [192.0.2.0/25]\n"
    path.write_text(text[: text.index("      - host: vpn3640")] + foreign)
    (tunnel,) = load_intent(vpn).select()
    assert [end.called for end in tunnel.terminations] == ["vpn2611", "Example Ltd"]
    assert (len(tunnel.own), len(tunnel.foreign), len(tunnel.sides)) == (1, 1, 1)
    with pytest.raises(IntentError, match="an end without a host is not built yet"):
        _ = tunnel.ends
    path.write_text(path.read_text() + "        offer: [x]\n")
    assert any("terminations[1].offer: unknown key (did you mean offers?)" in line for line in refusal(vpn))


def test_auto_stands_where_names_stand_and_is_no_name(vpn: Path) -> None:
    """proposals: auto is taken and refers to nothing; beside a name it is refused, and so is a proposal that is called so."""
    path = vpn / "cryptography.yaml"
    edit(path, "    proposals: [ike-3des-sha1-2]", "    proposals: auto")
    edit(path, "    pfs_group: 2", "    pfs_group: auto")
    crypto = load_intent(vpn).resolve(load_intent(vpn).tunnels["hq-branch"])
    assert crypto.auto == {"ike", "pfs"}
    assert crypto.pfs_group is None
    edit(path, "    proposals: auto", "    proposals: [auto, ike-3des-sha1-2]")
    assert any("ike_policies[0].proposals: auto excludes others" in line for line in refusal(vpn))
    edit(path, "  - name: ike-3des-sha1-2", "  - name: auto-best")
    assert any("auto-best may not be called so" in line for line in refusal(vpn))
