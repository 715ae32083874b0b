"""The desired configuration of one end, by the very function that the product plans with."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv4Network

from nr_run.changes.plans.change import Change
from nr_run.changes.plans.plan import plan
from nr_run.inventory.intents.intent import CiscoTermination, Dpd, End, IKEProposal, IPSecProposal, TunnelTermination
from nr_run.inventory.models.platforms import platform_for
from nr_run.services.common.building import desired as product_desired
from nr_run.services.l2l.features import Names
from nr_run.services.l2l.records import WantedEnd
from nr_run.services.l2l.tunnel_form import TunnelForm
from nr_run.services.service import Member, Site

PLATFORM = platform_for("2611", "12.2(8)T")
TOKEN = "<secret:credential:hq-branch-psk>"
IKE = IKEProposal(name="ike", encryption_algorithm="3des-cbc", authentication_algorithm="hmac-sha1", group=2, sa_lifetime=86400)
IPSEC = IPSecProposal(name="esp", encryption_algorithm="3des-cbc", authentication_algorithm="hmac-sha1")
DPD = Dpd(interval_seconds=10, retries=3)


def termination(
    host: str, outside: str, prefixes: tuple[str, ...], probe: str, cisco: Mapping[str, object] | None = None
) -> TunnelTermination:
    """One end of a tunnel on Ethernet0/0."""
    return TunnelTermination(
        host=host,
        interface="Ethernet0/0",
        outside_ip=IPv4Address(outside),
        protected_prefixes=tuple(IPv4Network(prefix) for prefix in prefixes),
        probe_address=IPv4Address(probe),
        cisco=CiscoTermination.model_validate(dict(cisco or {})),
    )


def ends(**cisco: object) -> tuple[End, End]:
    """Both ends of the example tunnel; ``cisco`` holds overrides for the near end."""
    hq = termination("vpn2611", "172.18.124.159", ("10.10.10.0/24",), "10.10.10.1", cisco)
    branch = termination("vpn3640", "172.18.124.199", ("10.10.20.0/24",), "10.10.20.1")
    return End(hq, branch), End(branch, hq)


def desired(
    end: End,
    running: str,
    *,
    ike: IKEProposal = IKE,
    ipsec: IPSecProposal = IPSEC,
    pfs_group: int | None = 2,
    dpd: Dpd | None = DPD,
    name: str = "hq-branch",
    key: str = TOKEN,
) -> tuple[str, Names]:
    """Desired configuration on the names that the device has free, and those names."""
    wants = WantedEnd(name, end, ike, ipsec, pfs_group, dpd, "credential:psk", 1)
    site = Site(Member(end.local.host, end.local.role, wants), PLATFORM, running, {"credential:psk": key}, None)
    return product_desired(TunnelForm(1, "crypto-map"), site)


def planned(end: End, running: str, **more: object) -> Change:
    """The change that brings the tunnel to a device that runs ``running``."""
    text, names = desired(end, running, **more)  # type: ignore[arg-type]
    return plan(end.local.host, "ios", text, running, names.replacing)
