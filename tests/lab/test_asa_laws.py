"""Laws over configurations of an ASA: what is printed is what the box boots with, and what is remembered is what it says."""

from __future__ import annotations

import asyncio
from ipaddress import IPv4Address

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from nr_run.lab.asa.box import AsaBox
from nr_run.lab.asa.meaning.model import AsaMeaning
from nr_run.lab.core.configuration.store import Store
from nr_run.lab.rehearsal import CREDENTIALS, Rehearsal, new_secret

BLOCKS = (
    "crypto ikev2 policy 10\n encryption aes-gcm-256 aes-256\n integrity sha256 null\n group 20 14\n prf sha384",
    "crypto ikev2 policy 10\n lifetime seconds 3600",
    "crypto ikev2 policy 20",
    "no crypto ikev2 policy 10",
    "crypto ikev2 enable outside",
    "no crypto ikev2 enable outside",
    "crypto ikev1 policy 5\n encryption aes-256\n group 5",
    "crypto ikev1 enable outside",
    "crypto isakmp policy 5\n encryption aes-256\n group 5",
    "crypto isakmp enable outside",
    "crypto ipsec ikev2 ipsec-proposal P\n protocol esp encryption aes-256 aes\n protocol esp integrity sha-256",
    "crypto ipsec ikev2 ipsec-proposal Q",
    "no crypto ipsec ikev2 ipsec-proposal P",
    "crypto ipsec ikev1 transform-set T esp-aes-256 esp-sha-hmac",
    "crypto ipsec transform-set T esp-aes-256 esp-sha-hmac",
    "no crypto ipsec ikev1 transform-set T esp-aes-256 esp-sha-hmac",
    "crypto ipsec profile F\n set ikev2 ipsec-proposal P Q\n set pfs group14",
    "crypto ipsec profile F\n set security-association lifetime kilobytes unlimited",
    "crypto ipsec profile F\n set ikev1 transform-set T\n responder-only",
    "no crypto ipsec profile F",
    "interface Tunnel1\n nameif vti\n ip address 169.254.10.1 255.255.255.252\n tunnel mode ipsec ipv4",
    "interface Tunnel1\n tunnel source interface outside",
    "interface Tunnel1\n tunnel destination 192.0.2.9\n tunnel protection ipsec profile F",
    "interface Tunnel1\n shutdown",
    "interface Tunnel1\n no nameif",
    "interface Tunnel2\n nameif other\n description second, of two",
    "no interface Tunnel1",
    "route vti 10.99.0.0 255.255.0.0 169.254.10.2",
    "route outside 10.99.0.0 255.255.0.0 172.18.124.9",
    "route outside 10.99.0.0 255.255.0.0 172.18.124.9 9",
    "route Null0 10.98.0.0 255.255.0.0",
    "no route vti 10.99.0.0 255.255.0.0 169.254.10.2",
    "object network L\n subnet 10.10.0.0 255.255.0.0",
    "object network R\n subnet 10.99.0.0 255.255.0.0",
    "nat (inside,outside) source static L L destination static R R no-proxy-arp route-lookup",
    "nat (inside,vti) 1 source static L L",
    "access-list A extended permit ip object L object R",
    "access-list A extended permit ip 10.10.0.0 255.255.0.0 10.99.0.0 255.255.0.0",
    "crypto map M 10 match address A\ncrypto map M 10 set peer 192.0.2.9",
    "crypto map M 10 set ikev2 ipsec-proposal P\ncrypto map M 10 set ikev1 transform-set T\ncrypto map M 10 set pfs group14",
    "crypto map M interface outside",
    "no crypto map M interface outside",
    "group-policy G internal\ngroup-policy G attributes\n vpn-tunnel-protocol ikev2 ikev1",
    "tunnel-group 192.0.2.9 type ipsec-l2l\ntunnel-group 192.0.2.9 general-attributes\n default-group-policy G",
    "tunnel-group 192.0.2.9 ipsec-attributes\n ikev2 remote-authentication pre-shared-key K\n ikev1 pre-shared-key K",
    "no group-policy G",
    "same-security-traffic permit inter-interface",
    "sysopt connection tcpmss 1350",
    "crypto isakmp identity address",
)  # fmt: skip
ALL = [block for block in BLOCKS if not block.startswith("no ") and "\n no " not in block and "shutdown" not in block]
TARGETS = [IPv4Address(text) for text in ("10.99.1.1", "10.98.2.1", "172.18.124.9", "169.254.10.2", "8.8.8.8")]


def meant(meaning: AsaMeaning) -> object:
    """Everything of a meaning that is remembered."""
    routes = [meaning.route_to(target) for target in TARGETS]
    return meaning.interfaces(), meaning.protectors(), meaning.proposals(TARGETS[0]), meaning.policies(), routes


def fresh(box: AsaBox) -> object:
    """What a configuration means when nothing was remembered."""
    store = Store()
    store.root = box.store.root
    return meant(AsaMeaning(store, box.generation))


@pytest.mark.parametrize("device", ["asa82", "asa91", "asa919", "asa924"])
@settings(max_examples=25, deadline=None)
@example(blocks=ALL)
@given(blocks=st.lists(st.sampled_from(BLOCKS), max_size=18))
def test_a_configuration_boots_and_means_what_it_says(device: str, blocks: list[str]) -> None:
    """Whatever was typed, the box boots with what it prints and prints it again; nothing that is remembered is stale."""

    async def check() -> None:
        secrets = {"device-username": "nr"} | {name: new_secret() for name in CREDENTIALS}
        lab = Rehearsal({device: device}, 100, secrets)
        box = lab.box(device)
        assert isinstance(box, AsaBox)
        for block in blocks:
            await lab.execute(device, f"configure terminal\n{block}\nend")
            assert meant(box.reading()) == fresh(box)
        lines = box.config_lines()
        box.store = Store()
        box.boot("\n".join(lines))
        assert box.config_lines() == lines
        await lab.close()

    asyncio.run(check())
