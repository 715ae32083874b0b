"""Every field of the intent reaches something: another text, another finding, a refusal, or people who read the plan."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from copy import deepcopy
from datetime import date
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

import pytest
from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML

from nr_run.inventory.built import FOR_PEOPLE, for_people
from nr_run.inventory.errors import NrRunError
from nr_run.inventory.hosts import load_nornir, platforms_of
from nr_run.inventory.intent import Intent, IntentFile
from nr_run.inventory.secrets import Secrets
from nr_run.runbooks.commands.progress import PlainProgress
from nr_run.runbooks.engine.context import Context
from nr_run.runbooks.engine.nornir_run import run_on_all
from nr_run.runbooks.engine.planning import Known, plan_deployment
from nr_run.runbooks.run.folder import RunFolder
from nr_run.services.l2l.service import L2L, IntendedTunnels
from nr_run.tasks.device import Stop, connect_by
from nr_run.tasks.gather import gather

from ..warm import start_lab
from .test_ssh import write_inventory

TODAY = date(2026, 11, 21)
YOUNG = ("aes-256-cbc", "hmac-sha1", 14)
#: What else a field may be, whatever it is; what the model does not take is left out.
CANDIDATES: tuple[Any, ...] = (
    *(None, True, False, 6, 7, 64, 130, 3601, 7200, 5000, 5120, "other", "Other-9", "credential:other", "Ethernet0/7"),
    *("192.0.2.77", "10.10.10.77", ["198.51.100.0/24"], ["10.10.99.0/24"], ["other"], [], "2030-01-01", "2020-01-01"),
)
Path_ = tuple[str | int, ...]


class World:
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

    def first_valid(self, model: type[BaseModel], at: Path_, value: object) -> tuple[object, object] | None:
        """What is reached with another value of one field; where another field forbids that value, without that other field."""
        changed = _put(self.data, at, value)
        siblings = [(*at[:-1], name) for name in model.model_fields if name != at[-1]]
        for data in (changed, *(_put(changed, sibling, None) for sibling in siblings)):
            with suppress(ValidationError):
                return self.reaches(data)
        return None


def _json(data: Mapping[str, Any]) -> str:
    return json.dumps(data)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """An ASA and a router, whose languages differ, read from a lab; and the richest intent that they take."""
    folder = tmp_path_factory.mktemp("world")
    with start_lab(folder / "lab", devices={"hq": "c881", "branch": "asa919"}, speed=20) as lab:
        write_inventory(lab, folder / "inventory", {"hq": "c881", "branch": "asa919"}, YOUNG)
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
    if get_origin(annotation) in (Union, UnionType, tuple):
        return next((found for arg in get_args(annotation) if (found := _model(arg))), None)
    return None


def leaves(model: type[BaseModel], data: Mapping[str, Any], at: Path_ = ()) -> Iterator[tuple[type[BaseModel], str, Path_]]:
    """Every field of every model of the intent: its model, its name, and where it stands."""
    for name, info in model.model_fields.items():
        assert data[name] is not None, f"{model.__name__}.{name} is not written in the intent of this test"
        yield model, name, (*at, name)
        inner = _model(info.annotation)
        if inner is not None:
            several = list(enumerate(data[name])) if isinstance(data[name], list) else [(None, data[name])]
            for index, item in several:
                yield from leaves(inner, item, (*at, name) if index is None else (*at, name, index))


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


def test_every_field_reaches_something(world: World) -> None:
    """Each field changed to each other value that it may have changes text, finding or plan, or is refused; none is silent."""
    before, people = world.reaches(world.data)
    assert isinstance(before, tuple)
    assert before[0] != "refused", before
    silent, only_people = [], set()
    for model, name, at in leaves(IntentFile, world.data):
        now, choices = _get(world.data, at), _choices(model.model_fields[name].annotation)
        effects = []
        for value in (*choices, *CANDIDATES):
            reached = None if value == now else world.first_valid(model, at, value)
            if reached is not None:
                effects.append((value, reached[0] != before, reached[1] != people))
        one_choice = len(choices) == 1 or _model(model.model_fields[name].annotation) is not None
        assert effects or one_choice, f"nothing else fits {model.__name__}.{name}: give this test a candidate for it"
        # Of named values each has to do something; of a number or a name one other is enough.
        doing = [value for value, machine, person in effects if machine or person]
        if [value for value, *_ in effects if value in choices and value not in doing] or (effects and not doing):
            silent.append(f"{model.__name__}.{name}")
        if effects and not any(machine for _, machine, _ in effects):
            only_people.add((model.__name__, name))
    assert silent == []
    assert only_people == set(FOR_PEOPLE)


def test_the_reasons_are_told() -> None:
    """Each field that is only for people has its reason."""
    assert all(len(reason.split()) > 3 for reason in FOR_PEOPLE.values())
