"""Write docs/rendered/: the configuration of each feature on each generation of releases, from a small example.

    python docs/generate/features.py [FOLDER]

What is written is what the templates write: the pages are documentation of what is built, and a test fails when they are stale.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from ipaddress import IPv4Address
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace
from ruamel.yaml import YAML

from nr_run.inventory.intents.built import CARRIED
from nr_run.inventory.intents.forms import can_do, nat_form
from nr_run.inventory.intents.intent import Intent, IntentFile, Style
from nr_run.inventory.intents.strength import narrow
from nr_run.inventory.models.platforms import Platform, platform_for
from nr_run.services.cloud.deployment import deployment_of as connection_of
from nr_run.services.cloud.intents.intent import CloudFile
from nr_run.services.common.building import desired
from nr_run.services.flexvpn.intent import FlexVpn
from nr_run.services.flexvpn.service import deployment_of as head_end_of
from nr_run.services.l2l import features
from nr_run.services.l2l.partner import partner_sheet
from nr_run.services.service import Site
from nr_run.services.zia.deployment import deployment_of
from nr_run.services.zia.intent import Zia

FOLDER = Path(__file__).resolve().parents[1] / "rendered"
KEY = "<secret:credential:hq-branch-psk>"
STYLES: tuple[Style, ...] = ("crypto-map", "vti")
WORDS = {"crypto-map": "crypto map", "vti": "tunnel interface (VTI)"}
#: Where an entry is put in the list that the example router translates by, and the next hop behind its outside interface.
NAT_LIST, NAT_NUMBERS, NEXT_HOP = "NAT", (1, 2), IPv4Address("192.0.2.254")


class Generation(Struct, frozen=True):
    """An example of releases that are written alike: the page's name, what it stands for, model and release."""

    slug: str
    title: str
    model: str
    release: str

    @property
    def platform(self) -> Platform:
        """What the example can do."""
        return platform_for(self.model, self.release)


GENERATIONS = (
    Generation("ios-12.2", "IOS 12.2", "2611", "12.2(8)T"),
    Generation("ios-12.4", "IOS 12.4", "3640", "12.4(25)"),
    Generation("ios-15", "IOS 15", "881", "15.4(3)M3"),
    Generation("ios-xe-17", "IOS-XE 17 and later", "C8000V", "17.12.1"),
    Generation("asa-8.2", "ASA 8.0 to 8.2", "ASA", "8.2(5)"),
    Generation("asa-8.3", "ASA 8.3", "ASA", "8.3(2)"),
    Generation("asa-9.1", "ASA 8.4 to 9.6", "ASA", "9.1(7)"),
    Generation("asa-9.19", "ASA 9.8 and later", "ASA", "9.19(1)"),
)


def intent_of(version: int, style: Style) -> Intent:
    """The example: two sites, two networks behind the far one, and the strongest cryptography that the device has."""
    near = {
        "host": "hq",
        "interface": "GigabitEthernet0/0",
        "outside_ip": "192.0.2.1",
        "protected_prefixes": ["10.10.10.0/24"],
        "probe_address": "10.10.10.1",
    }
    far: dict[str, object] = {"outside_ip": "198.51.100.1", "protected_prefixes": ["10.10.20.0/24", "10.10.30.8/32"]}
    far |= {"partner": "Example Ltd", "probe_address": "10.10.20.1"}
    mode = {"mode": "main"} if version == 1 else {}
    prefix = {"tunnel_prefix": "10.255.0.0/30"} if style == "vti" else {}
    return Intent.of(
        IntentFile.model_validate(
            {
                "schema_version": 1,
                "ike_policies": [{"name": "p1", "version": version, **mode, "proposals": "auto"}],
                "ipsec_policies": [{"name": "p2", "proposals": "auto", "pfs_group": "auto"}],
                "ipsec_profiles": [{"name": "p", "ike_policy": "p1", "ipsec_policy": "p2"}],
                "tunnels": [
                    {
                        "name": "hq-branch",
                        "ipsec_profile": "p",
                        "preshared_key_ref": "credential:hq-branch-psk",
                        "dpd": {"interval_seconds": 10, "retries": 3},
                        "cisco": {"style": style},
                        **prefix,
                        "terminations": [near, far],
                    }
                ],
            }
        )
    )


def configuration(platform: Platform, version: int, style: Style) -> str:
    """What one end of the example gets, with its routes and its exemption from address translation."""
    intent = intent_of(version, style)
    tunnel = intent.tunnels["hq-branch"]
    crypto = narrow(intent.resolve(tunnel), [platform])
    nameifs = {"hq": ("outside", "inside")} if platform.os == "asa" else {}
    (member,) = features.members(tunnel, crypto, {"hq": platform}, KEY, nameifs)
    names = features.draft_names(member)
    routes = features.tunnel_routes(member, names) or features.map_routes(member, NEXT_HOP)
    nat = None
    if nat_form(platform) is not None:
        nat = features.exemption(member, access_list=NAT_LIST if platform.os == "ios" else "", numbers=NAT_NUMBERS)
    return features.text(member, replace(names, routes=routes, nat=nat))


def page(generation: Generation, version: int, style: Style) -> str:
    """One page: what it is, and the configuration."""
    platform = generation.platform
    carried = CARRIED.carries(platform, version, style)
    state = "" if carried else "\nThe templates write this form; `nr-run` does not deploy it yet, and says so.\n"
    return f"""# IKEv{version} with a {WORDS[style]}, {generation.title}

One end of a tunnel from 192.0.2.1 to 198.51.100.1, for {platform}, with the strongest cryptography that this release has.
Names and numbers are the first of each kind; on a device they are those that it has free.
{state}
```
{configuration(platform, version, style)}```
"""


#: What a site behind Zscaler has for interfaces, by the page.
SITES = {"ios-15": ("FastEthernet4", "Vlan1"), "ios-xe-17": ("GigabitEthernet1", "GigabitEthernet2")}


def site_of(generation: Generation) -> Zia:
    """An example of a site behind Zscaler: the web of its hosts goes through the tunnels, or nowhere."""
    wan, lan = SITES[generation.slug]
    gcm = "aes-256-gcm" in generation.platform.suites[2].esp_encryption
    cbc = {"encryption_algorithm": "aes-256-cbc", "authentication_algorithm": "hmac-sha256"}
    edge = {"address": "198.51.100.10", "datacenter": "one", "tunnel_prefix": "192.168.253.0/30", "probe_address": "203.0.113.10"}
    other = {
        "address": "198.51.100.20",
        "datacenter": "two",
        "tunnel_prefix": "192.168.253.4/30",
        "probe_address": "203.0.113.20",
    }
    return Zia.model_validate(
        {
            "name": "branch",
            "host": "branch",
            "wan_interface": wan,
            "wan_ip": "192.0.2.1",
            "lan_interface": lan,
            "lan_prefixes": ["172.17.0.0/24"],
            "identity": {"credential": "fqdn", "fqdn": "branch@example.com"},
            "preshared_key_ref": KEY.removeprefix("<secret:").removesuffix(">"),
            "primary": edge,
            "backup": other,
            "esp": {"encryption_algorithm": "aes-256-gcm"} if gcm else cbc,
            "encryption_mandatory": True,
            "encryption_subscription": True,
            "on_total_loss": "closed",
            "traffic": "web",
            "exempt": ["192.0.2.80/32"],
            "watch": {"kind": "http", "cloud": "zscaler"},
        }
    )


def site_page(generation: Generation) -> str:
    """One page: the configuration of a site behind Zscaler, stage by stage."""
    site = site_of(generation)
    deployment = deployment_of(site)
    (member,) = deployment.members
    bare = f"interface {site.wan_interface}\ninterface {site.lan_interface}\n"
    on = Site(member, generation.platform, bare, {site.preshared_key_ref: KEY}, None)
    texts = [desired(feature, on)[0] for stage in deployment.stages for feature in stage.features]
    stages = ", ".join(stage.name for stage in deployment.stages)
    return f"""# A site behind Zscaler, {generation.title}

Two tunnels from 192.0.2.1 to service edges in two data centres, a probe through each, and a route map that follows the
probes, for {generation.platform}. The stages, each verified before the next: {stages}.
The last line leads the traffic of the hosts. Without a tunnel it is dropped, since `on_total_loss` is closed.

The templates write this; `nr-run` has no command that deploys it yet.

```
{"".join(texts)}```
"""


#: The generation on which a connection to a cloud is built.
CONNECTED = "asa-9.19"
EXAMPLE = Path(__file__).resolve().parents[2] / "inventory" / "cloud.yaml"


def connection_page(generation: Generation) -> str:
    """One page: the configuration of a connection to Alibaba Cloud, stage by stage, of the example of the inventory."""
    (site,) = CloudFile.model_validate(YAML(typ="safe").load(EXAMPLE.read_text(encoding="utf-8"))).cloud
    deployment = connection_of(site)
    (member,) = deployment.members
    keys = {end.preshared_key_ref: KEY for _, end in site.tunnels}
    on = Site(member, generation.platform, "hostname dc\n", keys, None)
    parts = [(stage.name, desired(feature, on)[0]) for stage in deployment.stages for feature in stage.features]
    blocks = "\n".join(f"## {name}\n\n```\n{text}```\n" for name, text in parts)
    return f"""# A connection to Alibaba Cloud, {generation.title}

Two tunnels to two gateways of the cloud, with BGP in each, for {generation.platform}: the example `inventory/cloud.yaml`.
Each stage is verified before the next one begins. With the cut-over the static route over the private line goes, and what is
written below drops what no tunnel leads, since `on_total_loss` is closed; rolled back, that route comes first.

{blocks}"""


def head_end_page(generation: Generation) -> str:
    """One page: the configuration of a head-end for Secure Client, stage by stage."""
    wanted = FlexVpn.model_validate(
        {
            "name": "laptops",
            "host": "gateway",
            "interface": "GigabitEthernet1",
            "outside_ip": "192.0.2.1",
            "server_name": "vpn.example.com",
            "trustpoint": "VPN-TP",
            "pool": {"first": "192.168.77.10", "last": "192.168.77.59"},
            "protected_prefixes": ["10.10.10.0/24"],
            "probe_address": "10.10.10.1",
            "domain": "example.com",
            "users": [{"name": "anna", "password_ref": "credential:anna"}],
            "reconnect_timeout": 900,
        }
    )
    deployment = head_end_of(wanted)
    (member,) = deployment.members
    on = Site(member, generation.platform, "aaa new-model\n", {"credential:anna": "<secret:credential:anna>"}, None)
    texts = [desired(feature, on)[0] for stage in deployment.stages for feature in stage.features]
    stages = ", ".join(stage.name for stage in deployment.stages)
    return f"""# A head-end for Secure Client, {generation.title}

IKEv2 with AnyConnect-EAP, a split tunnel and auto-reconnect, for {generation.platform}. The stages, each verified before the
next: {stages}. The trustpoint is there, and is checked. `virtual-template` of the profile is typed last.

```
{"".join(texts)}```
"""


def sheet() -> str:
    """The partner sheet of the example."""
    intent = intent_of(2, "crypto-map")
    tunnel, platform = intent.tunnels["hq-branch"], platform_for("C8000V", "17.12.1")
    made = partner_sheet.sheet(tunnel, narrow(intent.resolve(tunnel), [platform]), platform)
    return f"""# The sheet for the far end of a tunnel that is not ours

What a partner or a cloud has to set, from its own point of view. The key is never in it.

```
{made.text()}```
"""


def pages() -> Iterator[tuple[str, str]]:
    """Name and text of every page."""
    rows = []
    for generation in GENERATIONS:
        for version in (1, 2):
            for style in STYLES:
                if can_do(generation.platform, version, style):
                    name = f"{generation.slug}-ikev{version}-{style}.md"
                    rows.append(f"| {generation.title} | IKEv{version} | {WORDS[style]} | [{name}]({name}) |")
                    yield name, page(generation, version, style)
        if generation.slug in SITES:
            name = f"{generation.slug}-zia.md"
            rows.append(f"| {generation.title} | IKEv2 | site behind Zscaler | [{name}]({name}) |")
            yield name, site_page(generation)
        if generation.slug == CONNECTED:
            name = f"{generation.slug}-cloud.md"
            rows.append(f"| {generation.title} | IKEv2 | connection to Alibaba Cloud | [{name}]({name}) |")
            yield name, connection_page(generation)
        if generation.slug == "ios-xe-17":
            name = f"{generation.slug}-flexvpn.md"
            rows.append(f"| {generation.title} | IKEv2 | head-end for Secure Client | [{name}]({name}) |")
            yield name, head_end_page(generation)
    yield "partner-sheet.md", sheet()
    yield "README.md", "\n".join(["# What is built, as configuration", "", *_HEAD, *rows, "", *_TAIL]) + "\n"


_HEAD = (
    "Each page shows the configuration that nr-run writes for one end of a tunnel, or for a site with two tunnels, on one generation",
    "of releases. `make rendered` generates the pages, and a test fails when one of them is out of date.",
    "",
    "| releases | IKE | style | page |",
    "|---|---|---|---|",
)
_TAIL = ("What a far end that is not ours has to set: [partner-sheet.md](partner-sheet.md).",)


def main() -> None:
    """Write all pages into a folder, and take away those of features that are gone."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    made = dict(pages())
    for old in folder.glob("*.md"):
        if old.name not in made:
            old.unlink()
    for name, text in made.items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
