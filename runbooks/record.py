"""What a run was about to do to one tunnel, written before the first line is sent: all that resume and rollback need.

It holds addresses, releases, intent, the desired or removed configuration and what the boxes showed before; secrets stand as
tokens, their values are in the run's encrypted file. So a run can be finished or undone from its folder alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from nornir.core import Nornir
from nornir.core.configuration import Config
from nornir.core.inventory import ConnectionOptions, Defaults, Groups, Host, Hosts, Inventory
from nornir.core.plugins.runners import RunnersPluginRegister
from nornir.core.state import GlobalState

from ..changes.change import Change, compose
from ..changes.families import FAMILIES
from ..changes.objects import ConfigObject, read
from ..changes.steps import Edit
from ..checks.fences import RELOAD_IN, Chosen
from ..inventory.errors import NothingMatched, NrRunError
from ..inventory.intent import Crypto, End, IKEProposal, IPSecProposal, Tunnel
from ..inventory.platforms import Platform, platform_for
from ..tasks.device import CONNECTION, settings_of
from ..tasks.gather import Snapshot, observation
from .context import Context, Waits
from .planning import EndPlan, TunnelPlan

FORMAT = 2
FILE = "record.json"


@dataclass(frozen=True, slots=True)
class Recorded:
    """One tunnel of an earlier run: the plan as it was carried out, and where the devices are."""

    plan: TunnelPlan
    hosts: Mapping[str, Mapping[str, Any]]


def write_record(context: Context, plan_: TunnelPlan) -> None:
    """Write the record of one tunnel, and the secrets beside it."""
    crypto = plan_.crypto
    context.folder.write_json(
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
        durable=True,
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
    """Raises NrRunError when the file is not a record of this format."""
    try:
        data = json.loads(path.read_text(encoding="utf8"))
        if data["format"] != FORMAT:
            raise NrRunError(f"{path} has format {data['format']}; this nr-run reads format {FORMAT}")
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
    snapshot = Snapshot(data["host"], outputs, seen)
    change = _change(data["host"], platform.os, data["change"], snapshot.running.text)
    # Before there was a choice every device was armed with a reload, after as long as Waits says.
    fence = data.get("fence", {"name": RELOAD_IN, "minutes": Waits().dead_man_minutes})
    chosen = Chosen(str(fence["name"]), int(fence["minutes"])) if fence else None
    return EndPlan(end, platform, snapshot, data["desired"], (), change, (), chosen)


def _change(host: str, os: str, data: Mapping[str, Any], running: str) -> Change:
    """The change as it was carried out: its objects are kept, its steps follow from them."""
    families = {family.name: family for family in FAMILIES[os]}

    def restored(item: Mapping[str, Any]) -> ConfigObject:
        return ConfigObject(families[item["family"]], item["header"], tuple(item["children"]))

    return compose(
        host,
        os,
        read(os, running),
        created=[restored(item) for item in data["created"]],
        removed=[restored(item) for item in data["removed"]],
        reused=[restored(item) for item in data["reused"]],
        edited=[Edit(restored(before), restored(after)) for before, after in data["edited"]],
        stays=data["stays"],
    )


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


def find_run(runs: Path, name: str | None, wanted: Callable[[Path], bool] = lambda _path: True) -> Path:
    """Folder of a run by its id, or by the end of it; without a name the newest that is ``wanted``. Raises NothingMatched."""
    folders = sorted(path for path in runs.glob("2*-*") if path.is_dir()) if runs.is_dir() else []
    if name is None:
        newest = next((path for path in reversed(folders) if wanted(path)), None)
        if newest is None:
            raise NothingMatched(f"{runs} holds no such run")
        return newest
    found = [path for path in folders if path.name == name or path.name.endswith(f"-{name}")]
    if len(found) != 1:
        known = ", ".join(path.name for path in folders[-3:]) or "none"
        raise NothingMatched(f"{'no' if not found else 'more than one'} run is {name!r} in {runs}; the newest are {known}")
    return found[0]


def records_in(folder: Path) -> dict[str, Recorded]:
    """Tunnel name to its record, in the order in which they were carried out."""
    begun = [line["tunnel"] for line in journal_of(folder) if line.get("state") == "recorded"]
    files = sorted(folder.glob(f"*/{FILE}"), key=lambda path: begun.index(path.parent.name) if path.parent.name in begun else -1)
    return {path.parent.name: read_record(path) for path in files}


def journal_of(folder: Path) -> list[dict[str, Any]]:
    """The journal; a last line that was cut in writing is left out."""
    lines: list[dict[str, Any]] = []
    try:
        text = (folder / "journal.jsonl").read_text(encoding="utf8", errors="replace")
    except OSError:  # it is not there, or it is another user's run
        return lines
    for line in text.splitlines():
        try:
            found = json.loads(line)
        except ValueError:
            continue
        if isinstance(found, dict) and "state" in found:
            lines.append(found)
    return lines
