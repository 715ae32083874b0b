"""Every field of a group of VPN clients reaches something, as those of a tunnel do."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from nr_run.inventory.errors import NrRunError
from nr_run.inventory.intents.intent import Waiver
from nr_run.inventory.intents.own_checks import OwnCheck, Range
from nr_run.runbooks.engine.context import Context
from nr_run.runbooks.engine.plans.planning import Known, plan_deployment
from nr_run.services.ra.intent import Pool, RemoteAccess, RemoteAccessFile, User
from nr_run.services.ra.service import REMOTE_ACCESS

from ..warm import start_lab
from .fields import CHECKS, TODAY, Reaching, as_json, own_checks, read_once, silent_fields
from .test_ssh import OLD, write_inventory


class Clients(Reaching):
    """A router that was read once, and a group of VPN clients for it in which every field is written."""

    model = RemoteAccessFile

    def __init__(self, context: Context, known: Known, data: dict[str, Any], folder: Path) -> None:
        self.context, self.known, self.data, self.folder = context, known, data, folder

    def reaches(self, data: Mapping[str, Any]) -> tuple[object, object]:
        RemoteAccessFile.model_validate_json(as_json(data))
        (self.folder / "remote-access.yaml").write_text(as_json(data))
        try:
            intended = REMOTE_ACCESS.intended(self.folder, self.context.platforms)
            deployments, warnings = intended.select((), TODAY, removal=False)
            plans = [plan_deployment(self.context, deployment, self.known) for deployment in deployments]
        except NrRunError as error:
            return ("refused", str(error).replace(str(self.folder), "")), ()
        ends = [member for plan in plans for member in plan.members]
        told = [(end.host, end.desired, [(f.check, f.status, f.sentence) for f in end.prechecks]) for end in ends]
        timeouts = [stage.settle_seconds for deployment in deployments for stage in deployment.stages]
        # A warning names the ticket of a waiver, for people.
        people = [*warnings, *(line for deployment in deployments for line in REMOTE_ACCESS.for_people(deployment))]
        return (
            told,
            timeouts,
            own_checks(deployments, self.context),
            [line for line in people if line.strip().startswith("Host=")],
        ), people


#: A group in which every field is written, for the 2611 as it was bought.
GROUP: dict[str, Any] = {
    "schema_version": 1,
    "remote_access": [
        {
            "name": "staff",
            "status": "active",
            "description": "Staff at home",
            "host": "hq",
            "interface": "Ethernet0/0",
            "outside_ip": "172.18.124.159",
            "group_key_ref": "credential:staff-key",
            "pool": {"first": "192.168.77.10", "last": "192.168.77.50"},
            "protected_prefixes": ["10.10.10.0/24"],
            "probe_address": "10.10.10.1",
            "tunnel": "split",
            "dns": ["10.10.10.10"],
            "wins": ["10.10.10.20"],
            "domain": "example.com",
            "users": [{"name": "jane", "password_ref": "credential:staff-jane"}],
            "window_seconds": 300,
            "checks": CHECKS,
            "waiver": {"until": "2028-06-30", "ticket": "SEC-1", "reason": "They have nothing better"},
        }
    ],
}
#: (model, field) -> why no device is told; the plan shows each of them to people.
FOR_PEOPLE_OF_CLIENTS = {
    ("RemoteAccess", "description"): "what the group is for",
    ("Waiver", "ticket"): "who granted the waiver; a device knows no tickets",
    ("Waiver", "reason"): "why the waiver was granted; a device knows no reasons",
}


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clients]:
    """The 2611, read from a lab."""
    folder = tmp_path_factory.mktemp("clients")
    with start_lab(folder / "lab", devices={"hq": "vpn2611", "branch": "vpn3640"}, speed=20) as lab:
        write_inventory(lab, folder / "inventory", {"hq": "vpn2611", "branch": "vpn3640"}, OLD)
        shutil.copytree(lab.credentials, folder / "credentials")
        for name in ("staff-key", "staff-jane", "other"):
            (folder / "credentials" / name).write_text(f"Secret-of-{name}-1\n")
        with read_once(folder, REMOTE_ACCESS) as (context, known):
            yield Clients(context, known, GROUP, folder / "inventory")


def test_every_field_of_a_group_of_clients_reaches_something(clients: Clients) -> None:
    """As for tunnels: no field of a group is silent, and those that are only for people are told to them."""
    silent, only_people, tried = silent_fields(clients)
    assert silent == []
    assert only_people == {*FOR_PEOPLE_OF_CLIENTS}
    models = (RemoteAccessFile, RemoteAccess, Pool, User, Waiver, OwnCheck, Range)
    assert tried == {(model.__name__, name) for model in models for name in model.model_fields}
