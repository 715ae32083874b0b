"""What a run was about to do to one deployment, written before the first line is sent: all that resume and rollback need.

It holds addresses, releases, intent, the desired or removed configuration and what the devices showed before; secrets stand as
tokens, their values are in the run's encrypted file. So a run can be finished or undone from its folder alone.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict
from nornir.core import Nornir
from nornir.core.configuration import Config as NornirConfig
from nornir.core.inventory import ConnectionOptions, Defaults, Groups, Host, Hosts, Inventory
from nornir.core.plugins.runners import RunnersPluginRegister
from nornir.core.state import GlobalState
from pydantic import TypeAdapter, ValidationError

from ...changes.families import FAMILIES
from ...changes.family import Family
from ...changes.objects import Config, ConfigObject, read
from ...changes.plans.change import Change, compose, in_stages
from ...changes.plans.steps import Edit
from ...checks.readiness.rollback_methods import RELOAD_IN, SelectedMethod
from ...inventory.errors import NrRunError, SecretError
from ...inventory.models.platform_record import platform_in, row_of
from ...inventory.models.platforms import Platform
from ...services.registry import find_built
from ...services.service import Member
from ...tasks.access.credentials import login_of
from ...tasks.device import CONNECTION, settings_of
from ...tasks.gather import Snapshot, observation
from ...tasks.rollback_timers import ROLLBACK_TIMERS
from ..engine.context import Context, Timeouts
from ..engine.plans.planning import DeploymentPlan, MemberPlan
from ..engine.verifying.confirmations import restored
from .authentic import RunSeal, Tampered, journal_of
from .folder import canonical
from .record_formats import FORMAT, READABLE, migrated
from .record_shape import RECORD
from .run_key import key_file
from .shapes import Unreadable, fault_in

FILE = "record.json"
_DAMAGED = "the record is damaged, and nothing was sent: paste its rollback.cfg by hand, on each device"
_READABLE = " or ".join(str(number) for number in READABLE)


class SavedPlan(Struct, frozen=True):
    """One deployment of an earlier run: the plan as it was applied, and where the devices are."""

    plan: DeploymentPlan
    hosts: Mapping[str, Mapping[str, Any]]


def write_record(context: Context, plan_: DeploymentPlan) -> None:
    """Write the record of one deployment, and the secrets beside it."""
    service = find_built(plan_.deployment.service)
    context.folder.write_sealed(
        f"{plan_.name}/{FILE}",
        {
            "format": FORMAT,
            "service": service.name,
            "removal": plan_.removal,
            **({"trial": True} if plan_.trial else {}),
            "wanted": _adapter(service.wanted).dump_python(plan_.deployment.wanted, mode="json"),
            "confirmations": [asked.as_dict() for asked in plan_.confirmations],
            "members": [_member(context.nornir, member) for member in plan_.members],
        },
    )


def _adapter(wanted: Any) -> TypeAdapter[Any]:
    """Type adapter of a service's ``wanted``, kept because a run writes a record for each of its tunnels."""
    with _MAKING:  # tunnels that are changed side by side ask for it at the same moment, and each would make it
        return _made_adapter(wanted)


_MAKING = threading.Lock()
_made_adapter = cache(TypeAdapter)


def _member(nornir: Nornir, end: MemberPlan) -> dict[str, Any]:
    host = nornir.inventory.hosts[end.host]
    at, login = host.get_connection_parameters(CONNECTION), login_of(host)
    references = {"username_ref": login.username_ref, "password_ref": login.password_ref, "enable_ref": login.enable_ref}
    return {
        "host": end.host,
        "address": at.hostname,
        "port": at.port,
        "model": end.platform.model,
        "release": str(end.platform.release),
        "row": row_of(end.platform),
        "references": {name: value for name, value in references.items() if value},
        "connection": asdict(settings_of(host)),
        "platform": host.platform or login.platform,
        "desired": end.desired,
        "rollback_method": {"name": end.method.name, "minutes": end.method.minutes} if end.method else None,
        "time": end.snapshot.observation.time,
        "outputs": end.snapshot.outputs,
        "counted": dict(end.snapshot.counted),
        "changes": [_change(change) for change in end.change.stages or (end.change,)],
        "way_back": [end.change.stages.index(stage) for stage in end.change.way_back],
        "steps": _steps(end.change),
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "created": [_object(item) for item in change.created],
        "removed": [_object(item) for item in change.removed],
        "reused": [_object(item) for item in change.reused],
        "edited": [[_object(edit.before), _object(edit.after)] for edit in change.edited],
        "stays": list(change.stays),
    }


def _steps(change: Change) -> list[list[str]]:
    """The lines that are typed, step by step, to see when they are read again that they are still the same."""
    return [list(step.lines) for step in change.forward]


def _object(item: ConfigObject) -> dict[str, Any]:
    return {"family": item.family.name, "header": item.header, "children": list(item.children)}


def read_record(path: Path) -> SavedPlan:
    """Raises Unreadable when the file is no record that can be gone on from, Tampered when it is not what the run wrote."""
    data = _plain(path)
    if data.get("format") not in READABLE:
        raise SecretError(
            f"{path} has format {data.get('format')}, and this nr-run resumes format {_READABLE} only, which the "
            "run key vouches for; paste its rollback.cfg by hand, on each device"
        )
    _check(path, data)
    # The run key vouches for it, so it is what some nr-run wrote.
    try:
        today = migrated(data)
    except (KeyError, TypeError, AttributeError) as error:
        raise Unreadable(_of_another_version(path, f"format {data['format']} has {error} in it")) from None
    if fault := fault_in(today, RECORD):
        raise Unreadable(_of_another_version(path, fault))
    try:
        return _saved(path, today)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in ("wanted", *first["loc"]))
        raise Unreadable(_of_another_version(path, f"{field}: {first['msg']}")) from None
    except (ValueError, KeyError, TypeError, AttributeError, StopIteration) as error:
        words = f"{error} is missing" if isinstance(error, KeyError) else str(error) or type(error).__name__
        raise Unreadable(_of_another_version(path, words)) from None


def _plain(path: Path) -> dict[str, Any]:
    """What stands in the file. Raises Unreadable where it is no JSON document."""
    try:
        data = json.loads(path.read_text(encoding="utf8"))
    except OSError as error:
        raise Unreadable(f"{path} cannot be read: {error.strerror}; nothing was sent") from None
    except json.JSONDecodeError as error:
        raise Unreadable(f"{path}, line {error.lineno}: {error.msg}; {_DAMAGED}") from None
    except ValueError:
        raise Unreadable(f"{path} is no UTF-8 text; {_DAMAGED}") from None
    if not isinstance(data, dict):
        raise Unreadable(f"{path} holds no mapping; {_DAMAGED}")
    return data


def _of_another_version(path: Path, fault: str) -> str:
    return (
        f"{path}: {fault}; it was written by another version of nr-run, which this one cannot read, and nothing was sent: go on "
        "with the version that began the run, or paste its rollback.cfg by hand, on each device"
    )


def _saved(path: Path, data: Mapping[str, Any]) -> SavedPlan:
    service = find_built(str(data["service"]))
    deployment = service.deployment(_adapter(service.wanted).validate_json(json.dumps(data["wanted"])))
    pairs = zip(data["members"], deployment.members, strict=True)
    members = tuple(_member_plan(path, entry, member) for entry, member in pairs)
    confirmed = restored(data.get("confirmations", ()))  # records of before have none
    hosts = {
        entry["host"]: {
            **{key: entry[key] for key in ("address", "port", "references", "model", "release")},
            "row": entry.get("row"),
            "connection": entry.get("connection", {}),
            "platform": entry.get("platform"),
        }
        for entry in data["members"]
    }
    return SavedPlan(DeploymentPlan(deployment, members, data["removal"], confirmed, data.get("trial", False)), hosts)


def _check(path: Path, data: dict[str, Any]) -> None:
    """Raise Tampered unless this very file was written by the run in whose folder it lies."""
    seal = RunSeal.of(path.parent.parent.name)
    if seal is None:
        raise SecretError(f"{key_file()} is not there, and without it nobody knows who wrote {path}")
    code = data.pop("mac", None)
    seal.check(f"{path.parent.name}/{FILE}", canonical(data), code, str(path))


def _member_plan(path: Path, data: Mapping[str, Any], member: Member) -> MemberPlan:
    if data["host"] != member.host:
        raise NrRunError(f"{path} has {data['host']} where its deployment has {member.host}; nothing was sent")
    platform = platform_in(data)
    outputs = data["outputs"]
    seen = observation(data["host"], platform.os, outputs)
    snapshot = Snapshot(data["host"], outputs, seen, data.get("counted", {}))
    change = _restored(data["host"], platform.os, data, snapshot.running.text)
    if data["steps"] is not None and data["steps"] != _steps(change):
        raise NrRunError(
            f"{path}: the steps on {data['host']} that this nr-run would take are not those that the run recorded; "
            "use the version that began it, or paste its rollback.cfg by hand"
        )
    # Before there was a choice every device was armed with a reload, after as long as Waits says.
    # The field had another name, `fence`, in records that an earlier version wrote.
    method = data.get("rollback_method", data.get("fence", {"name": RELOAD_IN, "minutes": Timeouts().revert_in_minutes}))
    chosen = SelectedMethod(str(method["name"]), int(method["minutes"])) if method else None
    if chosen and chosen.name not in ROLLBACK_TIMERS:
        raise ValueError(f"a rollback timer that this nr-run does not know: {chosen.name}")
    return MemberPlan(member, platform, snapshot, data["desired"], (), change, (), chosen)


def _restored(host: str, os: str, data: Mapping[str, Any], running: str) -> Change:
    """The change as it was applied: its objects are kept, its steps follow from them."""
    before = read(os, running)
    stages = [_restored_stage(host, os, item, before) for item in data["changes"]]
    return in_stages(stages, [int(index) for index in data["way_back"]])


def _restored_stage(host: str, os: str, data: Mapping[str, Any], before: Config) -> Change:
    def restored(item: Mapping[str, Any]) -> ConfigObject:
        made = ConfigObject(_family(host, os, item["family"]), item["header"], tuple(item["children"]))
        _refuse_strange(host, made, before.objects.get(made.key))
        return made

    return compose(
        host,
        os,
        before,
        created=[restored(item) for item in data["created"]],
        removed=[restored(item) for item in data["removed"]],
        reused=[restored(item) for item in data["reused"]],
        edited=[Edit(restored(before), restored(after)) for before, after in data["edited"]],
        stays=data["stays"],
    )


def _family(host: str, os: str, name: str) -> Family:
    """The family of this name. Raises NrRunError where this version has none: it may be called otherwise by now."""
    found = next((family for family in FAMILIES[os] if family.name == name), None)
    if found is None:
        raise NrRunError(
            f"{host}: the run changed objects of kind {name!r}, which this nr-run does not know; go on with the version that "
            "began it, or paste its rollback.cfg by hand"
        )
    return found


#: Everything that ends a line or moves a cursor, in ASCII and beyond.
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def _refuse_strange(host: str, item: ConfigObject, before: ConfigObject | None) -> None:
    """Raise Tampered for a line that its family does not know and the device did not have: it would be typed."""
    known = set(before.children) | {before.header} if before else set()
    if item.header not in known and not item.family.header.fullmatch(item.header):
        raise Tampered(f"{host}: {item.header!r} in the record does not open {item.family.name}; nothing was sent")
    for line in item.children:
        # A text of several lines is one line of its object; each of them ends where it says, and at no other sign.
        unprintable = any(_UNPRINTABLE.search(part) for part in line.split("\n"))
        if unprintable or not (line in known or item.family.may_be_typed(line)):
            raise Tampered(f"{host}: {line!r} in the record is no line of {item.family.name}; nothing was sent")


def nornir_of(recorded: list[SavedPlan]) -> Nornir:
    """A Nornir of the devices that these records name, without any inventory."""
    defaults = Defaults()
    hosts = {
        name: Host(
            name=name,
            hostname=place["address"],
            port=place["port"],
            platform=place["platform"],
            data=dict(place["references"]),
            connection_options={CONNECTION: ConnectionOptions(extras=dict(place["connection"]))},
            defaults=defaults,
        )
        for record in recorded
        for name, place in record.hosts.items()
    }
    RunnersPluginRegister.auto_register()
    runner = RunnersPluginRegister.get_plugin("threaded")(num_workers=20)
    return Nornir(inventory=Inventory(Hosts(hosts), Groups(), defaults), runner=runner, config=NornirConfig(), data=GlobalState())


def platforms_in(recorded: list[SavedPlan]) -> dict[str, Platform]:
    """Host name to what it can do."""
    return {name: platform_in(place) for item in recorded for name, place in item.hosts.items()}


def records_in(folder: Path) -> dict[str, SavedPlan]:
    """Tunnel name to its record, in the order in which they were applied."""
    begun = [line["tunnel"] for line in journal_of(folder) if line.get("state") == "recorded"]
    files = sorted(folder.glob(f"*/{FILE}"), key=lambda path: begun.index(path.parent.name) if path.parent.name in begun else -1)
    return {path.parent.name: read_record(path) for path in files}
