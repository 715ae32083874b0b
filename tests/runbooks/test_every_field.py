"""Every field of the intent reaches something: another text, another finding, a refusal, or people who read the plan."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from copy import deepcopy
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest
from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML

from nr_run.inventory.built import FOR_PEOPLE, WRITTEN, for_people
from nr_run.inventory.errors import NrRunError
from nr_run.inventory.hosts import load_nornir, platforms_of
from nr_run.inventory.intent import ForeignTermination, Intent, IntentFile, Record, TunnelTermination
from nr_run.inventory.intent_tunnel import OWN_KEYS
from nr_run.inventory.platforms import Platform, platform_for
from nr_run.inventory.secrets import Secrets
from nr_run.inventory.strength import narrow
from nr_run.inventory.validation import validate
from nr_run.runbooks.commands.progress import PlainProgress
from nr_run.runbooks.engine.context import Context
from nr_run.runbooks.engine.nornir_run import run_on_all
from nr_run.runbooks.engine.planning import Known, plan_deployment
from nr_run.runbooks.run.folder import RunFolder
from nr_run.services.l2l import features, partner_sheet
from nr_run.services.l2l.service import L2L, IntendedTunnels
from nr_run.tasks.device import Stop, connect_by
from nr_run.tasks.gather import gather

from ..warm import start_lab
from .test_nat_exemption import LIST
from .test_ssh import write_inventory

TODAY = date(2026, 11, 21)
YOUNG = ("aes-256-cbc", "hmac-sha1", 14)
#: What else a field may be, whatever it is; what the model does not take is left out.
CANDIDATES: tuple[Any, ...] = (
    *(None, True, False, 6, 7, 64, 130, 3601, 7200, 5000, 5120, "other", "Other-9", "credential:other", "Ethernet0/7"),
    *(1300, 1340, "10.255.9.0/31"),
    *("192.0.2.77", "10.10.10.77", ["198.51.100.0/24"], ["10.10.99.0/24"], ["other"], [], "2030-01-01", "2020-01-01"),
)
Path_ = tuple[str | int, ...]


class Reaching:
    """An intent in which fields are written, and what becomes of it."""

    data: dict[str, Any]

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
        return (told, warnings), [for_people(deployment.wanted.tunnel) for deployment in deployments]


class Written(Reaching):
    """What the templates can write and the engine does not carry yet, for two platforms that nobody has to log in to."""

    platforms: Mapping[str, Platform] = {"hq": platform_for("881", "15.4(3)M3"), "branch": platform_for("ASA", "9.19(1)")}

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data

    def reaches(self, data: Mapping[str, Any]) -> tuple[object, object]:
        file = IntentFile.model_validate_json(_json(data))
        try:
            intent = Intent.of(file)
            tunnels = intent.select()
            warnings = validate(intent, tunnels, self.platforms, TODAY, carried=WRITTEN)
            texts = [text for tunnel in tunnels for text in self._texts(intent, tunnel.name)]
        except NrRunError as error:
            return ("refused", str(error)), ()
        return (texts, warnings), [for_people(tunnel) for tunnel in tunnels]

    def _texts(self, intent: Intent, name: str) -> Iterator[str]:
        tunnel = intent.tunnels[name]
        crypto = narrow(intent.resolve(tunnel), [self.platforms[end.host] for end in tunnel.own])
        for member in features.members(tunnel, crypto, self.platforms, "<key>", {"branch": ("outside", "inside")}):
            names = features.draft_names(member)
            routes, nat = features.tunnel_routes(member, names), features.exemption(member, access_list="NAT", numbers=(1, 2, 3))
            yield features.text(member, replace(names, routes=routes, nat=nat))
        if tunnel.foreign:
            # Who runs the far end stands in the sheet for that very person.
            yield partner_sheet.sheet(tunnel.model_copy(update={"terminations": _nameless(tunnel.terminations)}), crypto).text()


def _nameless(ends: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(end.model_copy(update={"partner": ""}) if isinstance(end, ForeignTermination) else end for end in ends)


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
        nornir = load_nornir(folder / "inventory")
        platforms = platforms_of(nornir)
        shutil.copytree(lab.credentials, folder / "credentials")
        secrets = Secrets(folders=(folder / "credentials",))
        run = RunFolder.make(folder / "runs", "test", secrets)
        nornir = connect_by(nornir, secrets, platforms, tag=run.tag)
        context = Context(nornir, L2L, None, platforms, secrets, run, Stop(), PlainProgress())
        snapshots = run_on_all(nornir, gather, {host: {"platform": platform} for host, platform in platforms.items()})
        nornir.close_connections()
        yield World(context, Known(snapshots), _rich(folder / "inventory" / "vpn"))
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


def written_world() -> Written:
    """Two tunnels in which the fields stand that the engine does not carry yet: tunnel interfaces, and one to a partner."""
    names = {"crypto_map": None, "map_sequence": None, "access_list": None, "transform_set": "STRONG"}
    ours = {
        "host": "hq", "interface": "FastEthernet4", "outside_ip": "192.0.2.1", "role": "peer",
        "protected_prefixes": ["10.1.0.0/24"], "probe_address": "10.1.0.1", "cisco": {**names, "tunnel_interface": 10},
    }  # fmt: skip
    theirs = {**ours, "host": "branch", "interface": "GigabitEthernet0/0", "outside_ip": "198.51.100.1"}
    theirs |= {"protected_prefixes": ["10.2.0.0/24"], "probe_address": "10.2.0.1"}
    partner = {"partner": "Example Ltd", "role": "peer", "outside_ip": "203.0.113.1", "protected_prefixes": ["10.9.0.0/24"]}
    partner |= {"probe_address": "10.9.0.1", "offers": ["ike", "esp"]}
    cisco = {"style": "vti", "mss": 1200, "mtu": 1400, "routes": "auto", "nat_exemption": "auto"}
    tunnel = {"name": "a", "ipsec_profile": "p", "preshared_key_ref": "credential:a", "tunnel_prefix": "10.255.0.0/30"}
    bare = {**theirs, "cisco": {}}
    return Written(
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
                {**tunnel, "cisco": cisco, "terminations": [ours, theirs]},
                {**tunnel, "name": "b", "tunnel_prefix": None, "cisco": {}, "terminations": [bare, partner]},
            ],
        }
    )


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
    for model, name, at in leaves(IntentFile, world.data):
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
    # What the engine does not carry is refused there, and has to do something in the text.
    rest = {field for field in every_field() if field not in carried or field[0] == "CiscoTunnel"}
    silent_ahead, only_people_ahead, ahead = silent_fields(written_world(), rest)
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
