"""The inventory of a trial: its devices, one tunnel in the form that was drawn, and a group of VPN clients."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nr_run.lab.entry import LabHandle

from .device import Device
from .forms import BOXES
from .trial import ENDS, Trial

#: The addresses of tunnel interfaces, hq first.
TUNNEL_PREFIX, INSIDE_TUNNEL = "10.255.0.0/30", ("10.255.0.1", "10.255.0.2")
#: The group of VPN clients.
GROUP, USER, POOL = "staff", "jane", ("192.168.77.10", "192.168.77.50")
#: What the group needs is kept beside the keys of the lab.
SECRETS = {"staff-group-key": "Group.key-of-staff-71", "staff-jane": "Pass.word-of-jane-71"}


def written(trial: Trial, lab: LabHandle, folder: Path, devices: Mapping[str, Device]) -> dict[str, Any]:
    """Write the inventory of a trial, and give the intent of its tunnel."""
    (folder / "vpn").mkdir(parents=True)
    hosts = {name: _host(lab, name, device.profile) for name, device in devices.items()}
    (folder / "hosts.yaml").write_text(json.dumps(hosts))
    (folder / "groups.yaml").write_text("none: {data: {site: test}}\n")
    (folder / "defaults.yaml").write_text("data: {site: test}\n")
    if trial.ground == "clients":
        for name, value in SECRETS.items():
            (lab.credentials / name).write_text(value + "\n")
        (folder / "remote-access.yaml").write_text(json.dumps(_clients(devices["hq"])))
    intent = _tunnel(trial, devices)
    write(folder, intent)
    return intent


def write(folder: Path, intent: Mapping[str, Any]) -> None:
    """Write the intent of the tunnel."""
    (folder / "vpn" / "intent.yaml").write_text(json.dumps(intent, indent=1))


def give_away(folder: Path, intent: dict[str, Any]) -> None:
    """From now on the end of the branch is a partner's: nobody logs in to it."""
    hosts = json.loads((folder / "hosts.yaml").read_text())
    del hosts["branch"]
    (folder / "hosts.yaml").write_text(json.dumps(hosts))
    end = intent["tunnels"][0]["terminations"][1]
    del end["host"], end["interface"]
    end["partner"] = "Example Ltd"
    write(folder, intent)


def _host(lab: LabHandle, name: str, profile: str) -> dict[str, Any]:
    model, release, _, driver = BOXES[profile]
    references = {"username_ref": "device-username", "password_ref": "device-password", "enable_ref": "enable-secret"}
    data = {"model": model, "release": release, **{key: f"credential:{value}" for key, value in references.items()}}
    return {"hostname": "127.0.0.1", "port": lab.devices[name].port, "platform": driver, "data": data}


def _tunnel(trial: Trial, devices: Mapping[str, Device]) -> dict[str, Any]:
    cipher, integrity, group = trial.suite
    form = trial.place.form
    algorithms = {"encryption_algorithm": cipher, "authentication_algorithm": integrity}
    tunnel = {
        "name": "hq-branch",
        "ipsec_profile": "both",
        "preshared_key_ref": "credential:hq-branch-psk",
        "dpd": {"interval_seconds": 10, "retries": 3},
        "waiver": {"until": "2028-06-30", "ticket": "CHG-1", "reason": "a test"},
        "cisco": {"style": form.style},
        **({"tunnel_prefix": TUNNEL_PREFIX} if form.style == "vti" else {}),
        "terminations": [_end(name, devices[name]) for name in ENDS],
    }
    return {
        "schema_version": 1,
        "ike_proposals": [{"name": "ike", **algorithms, "group": group}],
        "ike_policies": [
            {"name": "ike", "version": form.version, "proposals": ["ike"], **({"mode": "main"} if form.version == 1 else {})}
        ],
        "ipsec_proposals": [{"name": "esp", **algorithms}],
        "ipsec_policies": [{"name": "esp", "proposals": ["esp"], "pfs_group": group}],
        "ipsec_profiles": [{"name": "both", "ike_policy": "ike", "ipsec_policy": "esp"}],
        "tunnels": [tunnel],
    }


def _end(name: str, device: Device) -> dict[str, Any]:
    outside, inside = device.addresses()
    return {
        "host": name,
        "interface": BOXES[device.profile][2],
        "outside_ip": outside,
        "protected_prefixes": [inside.rsplit(".", 1)[0] + ".0/24"],
        "probe_address": inside,
    }


def _clients(hq: Device) -> dict[str, Any]:
    outside, inside = hq.addresses()
    group = {
        "name": GROUP,
        "host": "hq",
        "interface": BOXES[hq.profile][2],
        "outside_ip": outside,
        "group_key_ref": "credential:staff-group-key",
        "pool": {"first": POOL[0], "last": POOL[1]},
        "protected_prefixes": [inside.rsplit(".", 1)[0] + ".0/24"],
        "probe_address": inside,
        "users": [{"name": USER, "password_ref": "credential:staff-jane"}],
        "window_seconds": 12,
        "waiver": {"until": "2028-06-30", "ticket": "CHG-2", "reason": "a test"},
    }
    return {"schema_version": 1, "remote_access": [group]}
