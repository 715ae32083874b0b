"""Each field of an intent with other values in it, and whether anybody is told: devices, checks or people."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError

from nr_run.inventory.files.hosts import load_nornir, platforms_of
from nr_run.inventory.hiding.secrets import Secrets
from nr_run.inventory.intents.intent import ForeignTermination, IntentFile, TunnelTermination
from nr_run.inventory.intents.intent_tunnel import OWN_KEYS
from nr_run.inventory.intents.own_checks import When
from nr_run.runbooks.commands.views.progress import PlainProgress
from nr_run.runbooks.engine.context import Context
from nr_run.runbooks.engine.nornir_run import run_on_all
from nr_run.runbooks.engine.plans.planning import Known
from nr_run.runbooks.run.folder import RunFolder
from nr_run.services.common.own_checks import commands, findings
from nr_run.services.service import Deployment, Service
from nr_run.tasks.device import Stop, connect_by
from nr_run.tasks.gather import gather

TODAY = date(2026, 11, 21)
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


def as_json(data: Mapping[str, Any]) -> str:
    """The intent as a model reads it."""
    return json.dumps(data)


@contextmanager
def read_once(folder: Path, service: Service) -> Iterator[tuple[Context, Known]]:
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


def _model(annotation: Any) -> type[BaseModel] | None:
    """The model that a field holds, one or many of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for arg in get_args(annotation) if (found := _model(arg))), None)


def _kind(model: type[BaseModel], item: Mapping[str, Any]) -> type[BaseModel]:
    """Of the two kinds of ends the one that is written."""
    return ForeignTermination if model is TunnelTermination and not OWN_KEYS & item.keys() else model


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
