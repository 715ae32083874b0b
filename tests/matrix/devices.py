"""Two devices of the lab with an inventory for one tunnel between them, in the form that a test asks for."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nr_run.lab.entry import LabHandle

from .. import warm
from ..warm import start_lab

#: Model and release of the table -> the lab's device, its outside interface, and the driver that logs in to it.
PLAYED: Mapping[tuple[str, str], tuple[str, str, str, str]] = {
    ("2611", "12.2(8)T"): ("vpn2611", "12.2(8)T", "Ethernet0/0", "cisco_ios_telnet"),
    ("3640", "12.2(8)T"): ("vpn3640", "12.2(8)T", "Ethernet0/0", "cisco_ios_telnet"),
    ("3640", "12.4(25)"): ("vpn3640-124", "12.4(25d)", "Ethernet0/0", "cisco_ios"),
    ("881", "15.4(3)M3"): ("c881", "15.4(3)M3", "FastEthernet4", "cisco_ios"),
    ("C8000V", "17.9.4"): ("c8000v-17", "17.9.4a", "GigabitEthernet1", "cisco_xe"),
    ("C8000V", "17.12.1"): ("c8000v-1712", "17.12.4", "GigabitEthernet1", "cisco_xe"),
    ("C8000V", "26.1.1"): ("c8000v-26", "26.1.1", "GigabitEthernet1", "cisco_xe"),
    ("ASA", "8.2(5)"): ("asa82", "8.2(5)", "Ethernet0/0", "cisco_asa"),
    ("ASA", "9.1(7)"): ("asa91", "9.1(7)", "GigabitEthernet0/0", "cisco_asa"),
    ("ASA", "9.19(1)"): ("asa919", "9.19(1)", "GigabitEthernet0/0", "cisco_asa"),
    ("ASA", "9.24(1)"): ("asa924", "9.24(1)", "GigabitEthernet0/0", "cisco_asa"),
}
HOSTS = ("near", "far")
#: Of a second device of a model with documented addresses: outside and inside.
_OTHER = ("172.18.124.61 255.255.255.0", "10.10.61.1 255.255.255.0")
#: Beginnings of lines that tell when and how large a text was written.
_PASSING = ("!", "Current conf", "Building", ": Written by", ": Saved", "Cryptochecksum")


@dataclass(frozen=True)
class Two:
    """The lab with the two devices, the folder with the inventory and the runs, and the ends as the devices stand in the lab."""

    lab: LabHandle
    folder: Path
    ends: tuple[dict[str, Any], ...]

    @property
    def intent(self) -> Path:
        """The file of the tunnel."""
        return self.folder / "inventory" / "vpn" / "intent.yaml"

    def write(self, version: int, style: str, crypto: Mapping[str, Any] | None = None, **more: Any) -> None:
        """Ask for the tunnel in this form; ``more`` are other fields of the tunnel, ``crypto`` other sections of the intent."""
        mode = {"mode": "main"} if version == 1 else {}
        tunnel: dict[str, Any] = {
            "name": "pair",
            "ipsec_profile": "p",
            "preshared_key_ref": "credential:hq-branch-psk",
            "dpd": {"interval_seconds": 10, "retries": 3},
            "waiver": {"until": "2028-06-30", "ticket": "T-1", "reason": "old devices"},
            "cisco": {"style": style},
            "terminations": self.ends,
            **({"tunnel_prefix": "10.255.0.0/30"} if style == "vti" else {}),
            **more,
        }
        intent = {
            "schema_version": 1,
            "ike_policies": [{"name": "p1", "version": version, **mode, "proposals": "auto"}],
            "ipsec_policies": [{"name": "p2", "proposals": "auto", "pfs_group": "auto"}],
            "ipsec_profiles": [{"name": "p", "ike_policy": "p1", "ipsec_policy": "p2"}],
            "tunnels": [tunnel],
            **(crypto or {}),
        }
        self.intent.write_text(json.dumps(intent, indent=1))

    @property
    def wider(self) -> list[dict[str, Any]]:
        """The ends, with one more network behind each that the device itself has no address in."""
        near, far = self.ends
        return [
            {**near, "protected_prefixes": [*near["protected_prefixes"], "10.99.6.0/24"]},
            {**far, "protected_prefixes": [*far["protected_prefixes"], "10.99.7.0/24"]},
        ]

    def run(self, command: str, *words: str) -> tuple[int, dict[str, Any]]:
        """Run a command; exit code and report."""
        places = ["--runs", str(self.folder / "runs")]
        if command in ("deploy-l2l", "remove-l2l", "verify"):
            places += ["--inventory", str(self.folder / "inventory")]
        timeouts = ["--poll-interval", "0.1", "--ike-timeout", "10", "--reconnect-timeout", "10"] if command != "verify" else []
        done = warm.run(
            [str(Path(sys.executable).parent / "nr-run"), command, *words, "--json", *places, *timeouts],
            {
                **os.environ,
                "NR_RUN_CREDENTIALS": str(self.lab.credentials),
                "XDG_CONFIG_HOME": str(self.folder / "config"),
            },
            timeout=300,
        )
        assert done.stdout, done.stderr
        return done.returncode, json.loads(done.stdout)

    def running(self) -> dict[str, list[str]]:
        """Running configurations, without the lines that tell when and how large."""
        texts = {name: self.lab.exec(name, "show running-config") for name in HOSTS}
        return {
            name: [line for line in text.splitlines() if line and not line.startswith(_PASSING)] for name, text in texts.items()
        }


@contextmanager
def two(folder: Path, near: tuple[str, str], far: tuple[str, str]) -> Iterator[Two]:
    """The devices of these platforms of the table, in a lab of their own."""
    played = dict(zip(HOSTS, (PLAYED[near], PLAYED[far]), strict=True))
    with start_lab(folder / "lab", devices={host: found[0] for host, found in played.items()}, speed=20) as lab:
        hosts = {
            host: {
                "hostname": "127.0.0.1",
                "port": lab.devices[host].port,
                "platform": driver,
                "data": {
                    "model": model,
                    "release": release,
                    "username_ref": "credential:device-username",
                    "password_ref": "credential:device-password",
                    "enable_ref": "credential:enable-secret",
                },
            }
            for (host, (_, release, _, driver)), model in zip(played.items(), (near[0], far[0]), strict=True)
        }
        apart(lab, HOSTS)
        (folder / "inventory" / "vpn").mkdir(parents=True)
        (folder / "inventory" / "hosts.yaml").write_text(json.dumps(hosts))
        (folder / "inventory" / "groups.yaml").write_text("none: {data: {site: test}}\n")
        (folder / "inventory" / "defaults.yaml").write_text("data: {site: test}\n")
        yield Two(lab, folder, tuple(_end(lab, host, found[2]) for host, found in played.items()))


def apart(lab: LabHandle, hosts: tuple[str, ...]) -> None:
    """Give the second of two devices other addresses where both are of a model that the lab plays with the documented ones."""
    first, second = ([line.split()[2] for line in _addresses(lab, host)] for host in hosts)
    if first == second:
        lines = ("interface Ethernet0/0", f"ip address {_OTHER[0]}", "interface Ethernet0/1", f"ip address {_OTHER[1]}")
        lab.exec(hosts[1], "\n".join(("configure terminal", *lines)))
        lab.exec(hosts[1], "write memory")


def _addresses(lab: LabHandle, host: str) -> list[str]:
    return [line for line in lab.exec(host, "show running-config").splitlines() if line.startswith(" ip address ")]


def _end(lab: LabHandle, host: str, interface: str) -> dict[str, Any]:
    outside, inside = (line.split()[2] for line in _addresses(lab, host))
    network = f"{inside.rsplit('.', 1)[0]}.0/24"
    return {
        "host": host,
        "interface": interface,
        "outside_ip": outside,
        "protected_prefixes": [network],
        "probe_address": inside,
    }
