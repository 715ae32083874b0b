"""What a run was about to do to one tunnel, written before the first line is sent: all that resume and rollback need.

It holds addresses, releases, intent, the desired or removed configuration and what the boxes showed before; secrets stand as
tokens, their values are in the run's encrypted file. So a run can be finished or undone from its folder alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from nornir.core import Nornir
from nornir.core.configuration import Config
from nornir.core.inventory import ConnectionOptions, Defaults, Groups, Host, Hosts, Inventory
from nornir.core.plugins.runners import RunnersPluginRegister
from nornir.core.state import GlobalState

from ...changes.change import Change, compose
from ...changes.families import FAMILIES
from ...changes.objects import ConfigObject, read
from ...changes.steps import Edit
from ...checks.rollback_methods import RELOAD_IN, Chosen
from ...inventory.errors import NrRunError, SecretError
from ...inventory.intent import Crypto, End, IKEProposal, IPSecProposal, Tunnel
from ...inventory.platforms import Platform, platform_for
from ...tasks.device import CONNECTION, settings_of
from ...tasks.gather import Snapshot, observation
from ..engine.context import Context, Waits
from ..engine.planning import EndPlan, TunnelPlan
from .authentic import RunSeal, Tampered, journal_of
from .folder import canonical
from .run_key import key_file

#: 3: vouched for with the run key.
FORMAT = 3
FILE = "record.json"


@dataclass(frozen=True, slots=True)
class Recorded:
    """One tunnel of an earlier run: the plan as it was carried out, and where the devices are."""

    plan: TunnelPlan
    hosts: Mapping[str, Mapping[str, Any]]


def write_record(context: Context, plan_: TunnelPlan) -> None:
    """Write the record of one tunnel, and the secrets beside it."""
    crypto = plan_.crypto
    context.folder.write_sealed(
        f"{plan_.tunnel.name}/{FILE}",
        {
            "format": FORMAT,
            "removal": plan_.removal,
            "tunnel": plan_.tunnel.model_dump(mode="json"),
            "crypto": {
                "ike_version": crypto.ike_version,
                "ike_mode": crypto.ike_mode,
                "ike": crypto.ike_proposals[0].model_dump(mode="json"),
                "ipsec": crypto.ipsec_proposals[0].model_dump(mode="json"),
                "pfs_group": crypto.pfs_group,
            },
            "ends": [_end(context.nornir, end) for end in plan_.ends],
        },
    )


def _end(nornir: Nornir, end: EndPlan) -> dict[str, Any]:
    host = nornir.inventory.hosts[end.host]
    references = {name: host.get(name) for name in ("username_ref", "password_ref", "enable_ref")}
    return {
        "host": end.host,
        "address": host.hostname,
        "port": host.port,
        "model": end.platform.model,
        "release": str(end.platform.release),
        "references": {name: value for name, value in references.items() if value},
        "connection": asdict(settings_of(host)),
        "platform": host.platform,
        "desired": end.desired,
        "fence": {"name": end.fence.name, "minutes": end.fence.minutes} if end.fence else None,
        "time": end.snapshot.observation.time,
        "outputs": end.snapshot.outputs,
        "counted": dict(end.snapshot.counted),
        "change": {
            "created": [_object(item) for item in end.change.created],
            "removed": [_object(item) for item in end.change.removed],
            "reused": [_object(item) for item in end.change.reused],
            "edited": [[_object(edit.before), _object(edit.after)] for edit in end.change.edited],
            "stays": list(end.change.stays),
        },
    }


def _object(item: ConfigObject) -> dict[str, Any]:
    return {"family": item.family.name, "header": item.header, "children": list(item.children)}


def read_record(path: Path) -> Recorded:
    """Raises NrRunError when the file is not a record of this format, Tampered when it is not what the run wrote."""
    try:
        data = json.loads(path.read_text(encoding="utf8"))
        if data["format"] != FORMAT:
            raise SecretError(
                f"{path} has format {data['format']}, and this nr-run goes on from format {FORMAT} only, which the run key "
                "vouches for; paste its inverse.cfg by hand, on each device"
            )
        _check(path, data)
        tunnel = Tunnel.model_validate_json(json.dumps(data["tunnel"]))
        crypto = _crypto(data["crypto"])
        near, far = (_end_plan(entry, end) for entry, end in zip(data["ends"], tunnel.ends, strict=True))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NrRunError(f"{path} is no record of a run: {type(error).__name__}") from None
    hosts = {
        entry["host"]: {
            **{key: entry[key] for key in ("address", "port", "references", "model", "release")},
            "connection": entry.get("connection", {}),
            "platform": entry.get("platform"),
        }
        for entry in data["ends"]
    }
    return Recorded(TunnelPlan(tunnel, crypto, (near, far), data["removal"]), hosts)


def _check(path: Path, data: dict[str, Any]) -> None:
    """Raise Tampered unless this very file was written by the run in whose folder it lies."""
    seal = RunSeal.of(path.parent.parent.name)
    if seal is None:
        raise SecretError(f"{key_file()} is not there, and without it nobody knows who wrote {path}")
    code = data.pop("mac", None)
    seal.check(f"{path.parent.name}/{FILE}", canonical(data), code, str(path))


def _crypto(data: Mapping[str, Any]) -> Crypto:
    return Crypto(
        ike_version=data["ike_version"],
        ike_mode=data["ike_mode"],
        ike_proposals=(IKEProposal.model_validate(data["ike"]),),
        ipsec_proposals=(IPSecProposal.model_validate(data["ipsec"]),),
        pfs_group=data["pfs_group"],
    )


def _end_plan(data: Mapping[str, Any], end: End) -> EndPlan:
    platform = platform_for(data["model"], data["release"])
    outputs = data["outputs"]
    seen = observation(data["host"], platform.os, outputs)
    snapshot = Snapshot(data["host"], outputs, seen, data.get("counted", {}))
    change = _change(data["host"], platform.os, data["change"], snapshot.running.text)
    # Before there was a choice every device was armed with a reload, after as long as Waits says.
    fence = data.get("fence", {"name": RELOAD_IN, "minutes": Waits().dead_man_minutes})
    chosen = Chosen(str(fence["name"]), int(fence["minutes"])) if fence else None
    return EndPlan(end, platform, snapshot, data["desired"], (), change, (), chosen)


def _change(host: str, os: str, data: Mapping[str, Any], running: str) -> Change:
    """The change as it was carried out: its objects are kept, its steps follow from them."""
    families = {family.name: family for family in FAMILIES[os]}
    before = read(os, running)

    def restored(item: Mapping[str, Any]) -> ConfigObject:
        made = ConfigObject(families[item["family"]], item["header"], tuple(item["children"]))
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


#: Everything that ends a line or moves a cursor, in ASCII and beyond.
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def _refuse_strange(host: str, item: ConfigObject, before: ConfigObject | None) -> None:
    """Raise Tampered for a line that its family does not know and the device did not have: it would be typed."""
    known = set(before.children) | {before.header} if before else set()
    if item.header not in known and not item.family.header.fullmatch(item.header):
        raise Tampered(f"{host}: {item.header!r} in the record does not open {item.family.name}; nothing was sent")
    for line in item.children:
        if _UNPRINTABLE.search(line) or not (line in known or any(form.fullmatch(line) for form in item.family.children)):
            raise Tampered(f"{host}: {line!r} in the record is no line of {item.family.name}; nothing was sent")


def nornir_of(recorded: list[Recorded]) -> Nornir:
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
    return Nornir(inventory=Inventory(Hosts(hosts), Groups(), defaults), runner=runner, config=Config(), data=GlobalState())


def platforms_in(recorded: list[Recorded]) -> dict[str, Platform]:
    """Host name to what it can do."""
    return {name: platform_for(place["model"], place["release"]) for item in recorded for name, place in item.hosts.items()}


def records_in(folder: Path) -> dict[str, Recorded]:
    """Tunnel name to its record, in the order in which they were carried out."""
    begun = [line["tunnel"] for line in journal_of(folder) if line.get("state") == "recorded"]
    files = sorted(folder.glob(f"*/{FILE}"), key=lambda path: begun.index(path.parent.name) if path.parent.name in begun else -1)
    return {path.parent.name: read_record(path) for path in files}
