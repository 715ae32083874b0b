"""Every field of the intent of tunnels reaches something: another text, another finding, a refusal, or people who read a plan."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel
from ruamel.yaml import YAML

from nr_run.inventory.errors import NrRunError
from nr_run.inventory.intents.built import FOR_PEOPLE, for_people
from nr_run.inventory.intents.intent import Intent, IntentFile, Record
from nr_run.runbooks.engine.context import Context
from nr_run.runbooks.engine.plans.planning import Known, plan_deployment
from nr_run.services.l2l.service import L2L, IntendedTunnels

from ..warm import start_lab
from .fields import CHECKS, TODAY, Reaching, as_json, own_checks, read_once, silent_fields
from .test_nat_exemption import LIST
from .test_ssh import write_inventory

YOUNG = ("aes-256-cbc", "hmac-sha1", 14)


class World(Reaching):
    """Two devices that were read once, and an intent for them in which every field is written."""

    def __init__(self, context: Context, known: Known, data: dict[str, Any]) -> None:
        self.context, self.known, self.data = context, known, data

    def reaches(self, data: Mapping[str, Any]) -> tuple[object, object]:
        """What the devices and the checks are told, and what people are told. Raises ValidationError."""
        file = IntentFile.model_validate_json(as_json(data))
        try:
            intent = Intent.of(file)
            deployments, warnings = IntendedTunnels(intent, self.context.platforms).select((), TODAY, removal=False)
            plans = [plan_deployment(self.context, deployment, self.known) for deployment in deployments]
        except NrRunError as error:
            return ("refused", str(error)), ()
        ends = [member for plan in plans for member in plan.members]
        told = [(end.host, end.desired, [(f.check, f.status, f.sentence) for f in end.prechecks]) for end in ends]
        return (told, warnings, own_checks(deployments, self.context)), [
            for_people(deployment.wanted.tunnel) for deployment in deployments
        ]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """An ASA and a router, whose languages differ, read from a lab; and the richest intent that they take."""
    folder = tmp_path_factory.mktemp("world")
    with start_lab(folder / "lab", devices={"hq": "c881", "branch": "asa919"}, speed=20) as lab:
        write_inventory(lab, folder / "inventory", {"hq": "c881", "branch": "asa919"}, YOUNG)
        # Where nothing is translated, whether traffic is exempt from it says nothing.
        lab.exec("hq", LIST)
        # And where all is routed already, whether routes are looked after.
        lab.exec("hq", "configure terminal\nno ip route 0.0.0.0 0.0.0.0 172.18.124.1\nend")
        lab.exec("hq", "write memory")
        shutil.copytree(lab.credentials, folder / "credentials")
        with read_once(folder, L2L) as (context, known):
            yield World(context, known, _rich(folder / "inventory" / "vpn"))


def _rich(vpn: Path) -> dict[str, Any]:
    """The intent of the test inventory with every field written out."""
    (path,) = vpn.glob("*.yaml")
    data = YAML(typ="safe").load(path)
    file = IntentFile.model_validate_json(as_json(_plain(data)))
    data = file.model_dump(mode="json")
    data["tunnels"][0]["cisco"]["style"] = "crypto-map"
    data["ike_proposals"][0]["sa_lifetime"] = 28800
    data["ipsec_proposals"][0] |= {"sa_lifetime_seconds": 3600, "sa_lifetime_data": 4608000}
    (tunnel,) = data["tunnels"]
    tunnel |= {"description": "Two devices", "dpd": {"interval_seconds": 20, "retries": 4}}
    tunnel["waiver"] = {"until": "2028-06-30", "ticket": "SEC-1", "reason": "They have nothing better"}
    for number, end in enumerate(tunnel["terminations"]):
        end["cisco"] = {"crypto_map": "VPN", "map_sequence": 20 + number, "access_list": "TO-SITE", "transform_set": "STRONG"}
    tunnel["checks"] = CHECKS
    return data


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def newer(world: World) -> World:
    """Two tunnels in which the fields of the newer forms stand, for the same devices: on tunnel interfaces, and to a partner."""
    hq, branch = (
        {**end, "cisco": {"transform_set": "STRONG", "tunnel_interface": 10}} for end in world.data["tunnels"][0]["terminations"]
    )
    partner = {"partner": "Example Ltd", "role": "peer", "outside_ip": "203.0.113.1", "protected_prefixes": ["10.9.0.0/24"]}
    partner |= {"probe_address": "10.9.0.1", "offers": ["ike", "esp"]}
    cisco = {"style": "vti", "mss": 1200, "mtu": 1400, "routes": "auto", "nat_exemption": "auto"}
    key = world.data["tunnels"][0]["preshared_key_ref"]
    tunnel = {"name": "a", "ipsec_profile": "p", "preshared_key_ref": key, "tunnel_prefix": "10.255.0.0/30"}
    ends = [{**branch, "cisco": {}}, partner]
    return World(
        world.context,
        world.known,
        {
            "schema_version": 1,
            "ike_proposals": [
                {"name": n, "encryption_algorithm": "aes-256-cbc", "authentication_algorithm": "hmac-sha256", "group": g}
                for n, g in (("ike", 14), ("other", 19))
            ],
            "ike_policies": [{"name": "p1", "version": 2, "proposals": ["ike", "other"]}],
            "ipsec_proposals": [
                {"name": "esp", "encryption_algorithm": "aes-256-cbc", "authentication_algorithm": "hmac-sha256"}
            ],
            "ipsec_policies": [{"name": "p2", "proposals": ["esp"], "pfs_group": 14}],
            "ipsec_profiles": [{"name": "p", "ike_policy": "p1", "ipsec_policy": "p2"}],
            "tunnels": [
                {**tunnel, "cisco": cisco, "terminations": [hq, branch]},
                {**tunnel, "name": "b", "tunnel_prefix": None, "cisco": {}, "terminations": ends},
            ],
        },
    )


def test_every_field_reaches_something(world: World) -> None:
    """Each field changed to each other value that it may have changes text, finding or plan, or is refused; none is silent."""
    silent, only_people, carried = silent_fields(world)
    # The fields of the newer forms stand in other tunnels, for the same devices and through the same planner.
    rest = {field for field in every_field() if field not in carried or field[0] == "CiscoTunnel"}
    silent_ahead, only_people_ahead, ahead = silent_fields(newer(world), rest)
    assert (silent, silent_ahead) == ([], [])
    assert only_people | only_people_ahead == set(FOR_PEOPLE)
    assert every_field() == carried | ahead, "each field is written in the intent of one of the two worlds"


def every_field() -> set[tuple[str, str]]:
    """Model and name of each field of the intent of tunnels."""
    models = {model for model in _records(Record) if _records(model) == []} | {IntentFile}
    # Other services have intents of their own.
    models &= reached(IntentFile)
    return {(model.__name__, name) for model in models for name in model.model_fields}


def reached(model: type[BaseModel]) -> set[type[BaseModel]]:
    """The model, and all that stand in its fields, however deep."""
    found, new = set(), {model}
    while new:
        found |= new
        new = {inner for one in new for info in one.model_fields.values() for inner in _models(info.annotation)} - found
    return found


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for arg in get_args(annotation):
        yield from _models(arg)


def _records(base: type[Record]) -> list[type[Record]]:
    return [record for child in base.__subclasses__() for record in (child, *_records(child))]


def test_the_reasons_are_told() -> None:
    """Each field that is only for people has its reason."""
    assert all(len(reason.split()) > 3 for reason in FOR_PEOPLE.values())
