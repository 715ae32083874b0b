"""Every field of the intent reaches something: another text, another finding, a refusal, or people who read the plan."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest
from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML

from nr_run.inventory.built import FOR_PEOPLE, for_people
from nr_run.inventory.errors import NrRunError
from nr_run.inventory.hosts import load_nornir, platforms_of
from nr_run.inventory.intent import ForeignTermination, Intent, IntentFile, Record, TunnelTermination, Waiver
from nr_run.inventory.intent_tunnel import OWN_KEYS
from nr_run.inventory.own_checks import OwnCheck, Range, When
from nr_run.inventory.secrets import Secrets
from nr_run.runbooks.commands.progress import PlainProgress
from nr_run.runbooks.engine.context import Context
from nr_run.runbooks.engine.nornir_run import run_on_all
from nr_run.runbooks.engine.planning import Known, plan_deployment
from nr_run.runbooks.run.folder import RunFolder
from nr_run.services.l2l.service import L2L, IntendedTunnels
from nr_run.services.own_checks import commands, findings
from nr_run.services.ra.intent import Pool, RemoteAccess, RemoteAccessFile, User
from nr_run.services.ra.service import REMOTE_ACCESS
from nr_run.services.service import Deployment, Service
from nr_run.tasks.device import Stop, connect_by
from nr_run.tasks.gather import gather

from ..warm import start_lab
from .test_nat_exemption import LIST
from .test_ssh import OLD, write_inventory

TODAY = date(2026, 11, 21)
YOUNG = ("aes-256-cbc", "hmac-sha1", 14)
#: What else a field may be, whatever it is; what the model does not take is left out.
CANDIDATES: tuple[Any, ...] = (
    *(None, True, False, 6, 7, 64, 130, 3601, 7200, 5000, 5120, "other", "Other-9", "credential:other", "Ethernet0/7"),
    *(1300, 1340, "10.255.9.0/31"),
    *(["verify"], "show clock"),
    *("192.168.77.20", ["10.10.10.0/25"], ["10.10.10.77"]),
    *("192.0.2.77", "10.10.10.77", ["198.51.100.0/24"], ["10.10.99.0/24"], ["other"], [], "2030-01-01", "2020-01-01"),
)
#: Checks of one's own in which every field is written, on the device ``hq``, and what is answered to them.
CHECKS: list[dict[str, Any]] = [
    {
        "host": "hq",
        "command": "show ip interface brief",
        "holds": {"status": "up"},
        "within_seconds": 10,
        "count": {"at_least": 1, "at_most": 3},
        "when": ["deploy", "verify"],
    },
    {"command": "show version", "contains": "Version"},
    {"command": "show version", "matches": "Version [0-9]"},
]
BRIEF = """\
Interface                  IP-Address      OK? Method Status                Protocol
Ethernet0/0                172.18.124.159  YES NVRAM  up                    up
"""
Path_ = tuple[str | int, ...]


class Reaching:
    """An intent in which fields are written, and what becomes of it."""

    data: dict[str, Any]
    #: What the data is a document of.
    model: type[BaseModel] = IntentFile

    def reaches(self, data: Mapping[str, Any]) -> tuple[object, object]:
        """What the devices and the checks are told, and what people are told. Raises ValidationError."""
        raise NotImplementedError

    def first_valid(self, model: type[BaseModel], at: Path_, value: object) -> tuple[object, object] | None:
        """What is reached with another value of one field; where another field forbids that value, without that other field."""
        changed = _put(self.data, at, value)
        siblings = [(*at[:-1], name) for name in model.model_fields if name != at[-1]]
        for data in (changed, *(_put(changed, sibling, None) for sibling in siblings)):
            with suppress(ValidationError):
                return self.reaches(data)
        return None


class World(Reaching):
    """Two boxes that were read once, and an intent for them in which every field is written."""

    def __init__(self, context: Context, known: Known, data: dict[str, Any]) -> None:
        self.context, self.known, self.data = context, known, data

    def reaches(self, data: Mapping[str, Any]) -> tuple[object, object]:
        """What the devices and the checks are told, and what people are told. Raises ValidationError."""
        file = IntentFile.model_validate_json(_json(data))
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


class Clients(Reaching):
    """A router that was read once, and a group of VPN clients for it in which every field is written."""

    model = RemoteAccessFile

    def __init__(self, context: Context, known: Known, data: dict[str, Any], folder: Path) -> None:
        self.context, self.known, self.data, self.folder = context, known, data, folder

    def reaches(self, data: Mapping[str, Any]) -> tuple[object, object]:
        RemoteAccessFile.model_validate_json(_json(data))
        (self.folder / "remote-access.yaml").write_text(_json(data))
        try:
            intended = REMOTE_ACCESS.intended(self.folder, self.context.platforms)
            deployments, warnings = intended.select((), TODAY, removal=False)
            plans = [plan_deployment(self.context, deployment, self.known) for deployment in deployments]
        except NrRunError as error:
            return ("refused", str(error).replace(str(self.folder), "")), ()
        ends = [member for plan in plans for member in plan.members]
        told = [(end.host, end.desired, [(f.check, f.status, f.sentence) for f in end.prechecks]) for end in ends]
        waits = [stage.settle_seconds for deployment in deployments for stage in deployment.stages]
        # A warning names the ticket of a waiver, for people.
        people = [*warnings, *(line for deployment in deployments for line in REMOTE_ACCESS.for_people(deployment))]
        return (
            told,
            waits,
            own_checks(deployments, self.context),
            [line for line in people if line.strip().startswith("Host=")],
        ), people


def own_checks(deployments: Sequence[Deployment], context: Context) -> list[object]:
    """What the devices are asked for checks of one's own, what is said of one answer, and for how long it is asked for."""
    shown = {host: {"show ip interface brief": BRIEF, "show version": "IOS, Version 12.2"} for host in context.platforms}
    systems = {host: platform.os for host, platform in context.platforms.items()}
    moments: tuple[When, ...] = ("deploy", "verify")
    return [
        (
            [commands(deployment, host, when) for host in deployment.hosts],
            [
                (finding.subject, finding.status, finding.sentence)
                for _, finding in findings(deployment, when, systems, shown, {})
            ],
            [check.within_seconds for check in deployment.checks],
        )
        for deployment in deployments
        for when in moments
    ]


def _json(data: Mapping[str, Any]) -> str:
    return json.dumps(data)


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
        with _read(folder, L2L) as (context, known):
            yield World(context, known, _rich(folder / "inventory" / "vpn"))


@contextmanager
def _read(folder: Path, service: Service) -> Iterator[tuple[Context, Known]]:
    """The devices of an inventory, read once; what is planned on it asks them no more."""
    nornir = load_nornir(folder / "inventory")
    platforms = platforms_of(nornir)
    secrets = Secrets(folders=(folder / "credentials",))
    run = RunFolder.make(folder / "runs", "test", secrets)
    nornir = connect_by(nornir, secrets, platforms, tag=run.tag)
    context = Context(nornir, service, None, platforms, secrets, run, Stop(), PlainProgress())
    snapshots = run_on_all(nornir, gather, {host: {"platform": platform} for host, platform in platforms.items()})
    nornir.close_connections()
    yield context, Known(snapshots)
    run.close()


def _rich(vpn: Path) -> dict[str, Any]:
    """The intent of the test inventory with every field written out."""
    (path,) = vpn.glob("*.yaml")
    data = YAML(typ="safe").load(path)
    file = IntentFile.model_validate_json(_json(_plain(data)))
    data = file.model_dump(mode="json")
    data["tunnels"][0]["cisco"]["style"] = "crypto-map"
    data["ike_proposals"][0]["sa_lifetime"] = 28800
    data["ipsec_proposals"][0] |= {"sa_lifetime_seconds": 3600, "sa_lifetime_data": 4608000}
    (tunnel,) = data["tunnels"]
    tunnel |= {"description": "Two boxes", "dpd": {"interval_seconds": 20, "retries": 4}}
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


def _model(annotation: Any) -> type[BaseModel] | None:
    """The model that a field holds, one or many of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for arg in get_args(annotation) if (found := _model(arg))), None)


def _kind(model: type[BaseModel], item: Mapping[str, Any]) -> type[BaseModel]:
    """Of the two kinds of ends the one that is written."""
    return ForeignTermination if model is TunnelTermination and not OWN_KEYS & item.keys() else model


def newer(world: World) -> World:
    """Two tunnels in which the fields of the newer forms stand, for the same boxes: on tunnel interfaces, and to a partner."""
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
        with _read(folder, REMOTE_ACCESS) as (context, known):
            yield Clients(context, known, GROUP, folder / "inventory")


def test_every_field_of_a_group_of_clients_reaches_something(clients: Clients) -> None:
    """As for tunnels: no field of a group is silent, and those that are only for people are told to them."""
    silent, only_people, tried = silent_fields(clients)
    assert silent == []
    assert only_people == {*FOR_PEOPLE_OF_CLIENTS}
    models = (RemoteAccessFile, RemoteAccess, Pool, User, Waiver, OwnCheck, Range)
    assert tried == {(model.__name__, name) for model in models for name in model.model_fields}


def leaves(model: type[BaseModel], data: Mapping[str, Any], at: Path_ = ()) -> Iterator[tuple[type[BaseModel], str, Path_]]:
    """Every field of every model of the intent: its model, its name, and where it stands."""
    for name, info in model.model_fields.items():
        if data.get(name) is None:
            continue
        yield model, name, (*at, name)
        inner = _model(info.annotation)
        if inner is not None:
            several = list(enumerate(data[name])) if isinstance(data[name], list) else [(None, data[name])]
            for index, item in several:
                yield from leaves(_kind(inner, item), item, (*at, name) if index is None else (*at, name, index))


def _choices(annotation: Any) -> tuple[Any, ...]:
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    return tuple(choice for arg in get_args(annotation) for choice in _choices(arg))


def _put(data: dict[str, Any], at: Path_, value: object) -> dict[str, Any]:
    made = deepcopy(data)
    place: Any = made
    for part in at[:-1]:
        place = place[part]
    place[at[-1]] = value
    return made


def _get(data: Any, at: Path_) -> Any:
    for part in at:
        data = data[part]
    return data


Fields = set[tuple[str, str]]


def silent_fields(world: Reaching, only: Fields | None = None) -> tuple[list[str], Fields, Fields]:
    """Fields that do nothing, fields that only people are told of, and all that were tried; ``only`` these."""
    before, people = world.reaches(world.data)
    assert isinstance(before, tuple)
    assert before[0] != "refused", before
    silent: list[str] = []
    only_people: Fields = set()
    tried: Fields = set()
    for model, name, at in leaves(world.model, world.data):
        if only is not None and (model.__name__, name) not in only:
            continue
        tried.add((model.__name__, name))
        now, choices = _get(world.data, at), _choices(model.model_fields[name].annotation)
        effects = []
        for value in (*choices, *CANDIDATES):
            reached = None if value == now else world.first_valid(model, at, value)
            if reached is not None:
                effects.append((value, reached[0] != before, reached[1] != people))
        one_choice = len(choices) == 1 or _model(model.model_fields[name].annotation) is not None
        assert effects or one_choice, f"nothing else fits {model.__name__}.{name}: give this test a candidate for it"
        # Of named values each has to do something, but for auto, which means one of the others; of a number one is enough.
        doing = [value for value, machine, person in effects if machine or person]
        named = [value for value, *_ in effects if value in choices and value != "auto"]
        if [value for value in named if value not in doing] or (effects and not doing):
            silent.append(f"{model.__name__}.{name}")
        if effects and not any(machine for _, machine, _ in effects):
            only_people.add((model.__name__, name))
    return silent, only_people, tried


def test_every_field_reaches_something(world: World) -> None:
    """Each field changed to each other value that it may have changes text, finding or plan, or is refused; none is silent."""
    silent, only_people, carried = silent_fields(world)
    # The fields of the newer forms stand in other tunnels, for the same boxes and through the same planner.
    rest = {field for field in every_field() if field not in carried or field[0] == "CiscoTunnel"}
    silent_ahead, only_people_ahead, ahead = silent_fields(newer(world), rest)
    assert (silent, silent_ahead) == ([], [])
    assert only_people | only_people_ahead == set(FOR_PEOPLE)
    assert every_field() == carried | ahead, "each field is written in the intent of one of the two worlds"


def every_field() -> set[tuple[str, str]]:
    """Model and name of each field of the intent of tunnels."""
    models = {model for model in _records(Record) if _records(model) == []} | {IntentFile}
    # Other services have intents of their own.
    models = {model for model in models if model.__module__.startswith("nr_run.inventory.")}
    return {(model.__name__, name) for model in models for name in model.model_fields}


def _records(base: type[Record]) -> list[type[Record]]:
    return [record for child in base.__subclasses__() for record in (child, *_records(child))]


def test_the_reasons_are_told() -> None:
    """Each field that is only for people has its reason."""
    assert all(len(reason.split()) > 3 for reason in FOR_PEOPLE.values())
