"""docs/reference/inventory.md: hosts, groups, defaults, connection settings, secret references and environment variables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from json_schema import fields
from nr_run.inventory.files.connection_settings import OVER_SSH, OVER_TELNET, SETTINGS
from nr_run.inventory.files.schema import defaults_schema, hosts_schema
from nr_run.inventory.hiding.references import SCHEMES
from tables import table

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("inventory", "templates", "parsers", "changes", "checks", "services", "tasks", "runbooks", "lab")
KEPT_IN: Mapping[str, str] = {
    "credential": "the file NAME in the first of these folders that has it: `$CREDENTIALS_DIRECTORY` (systemd's `LoadCredential=`), "
    "`$NR_RUN_CREDENTIALS`, `~/.config/nr-run/credentials`",
    "env": "an environment variable; other processes of the same user can read it, so use it last",
    "file": "the first line of a file",
    "command": "the first line that a shell command prints: `sops -d --extract ...`, `op read op://...`, `vault kv get -field=...`",
    "keyring": "the keyring of the desktop, as `keyring:SERVICE/USER`; needs the extra `nr-run[keyring]`",
}
VARIABLES: Mapping[str, str] = {
    "NR_RUN_INVENTORY": "The inventory folder, unless `--inventory` is given; default `./inventory`.",
    "NR_RUN_RUNS": "The folder of the run folders, unless `--runs` is given; default `./runs`.",
    "NR_RUN_CREDENTIALS": "A folder with one file for each `credential:NAME`.",
    "NR_RUN_KEY_FILE": "The file with the run key, which decrypts the secrets of runs; default `~/.config/nr-run/run-key`.",
    "NR_RUN_LOCKS": "The folder for the locks of this machine; default `/var/lock/nr-run` or `~/.local/state/nr-run/locks`.",
    "NR_RUN_TEMPLATES": "A folder with TTP templates of your own for `nr-run parse`.",
    "NR_RUN_SCHEDULER": "The Dask scheduler, unless `--scheduler` is given (`tls://HOST:PORT`).",
    "NR_RUN_LEASE": "How many seconds a worker may type to a device without a word from here, 10 to 600.",
    "NR_RUN_LAB_DIR": "The folder of the running lab; default `~/.local/state/nr-run/lab`.",
}
#: Names that other programs have given to their variables.
FOREIGN: Mapping[str, str] = {
    "CREDENTIALS_DIRECTORY": "Set by systemd for `LoadCredential=`; searched before `$NR_RUN_CREDENTIALS`.",
    "XDG_CONFIG_HOME": "Used instead of `~/.config`.",
    "XDG_STATE_HOME": "Used instead of `~/.local/state`.",
}
HEAD = """\
# Inventory

An inventory is a folder with Nornir's `hosts.yaml`, `groups.yaml` and `defaults.yaml`, and the files that describe what you want
([intent](intent.md)). `nr-run init` writes one; [own devices](../how-to/own-devices.md) walks through it. Unknown keys are refused with
file and line.

"""


def page() -> str:
    """Files, settings, references, variables."""
    _check()
    host = hosts_schema()["additionalProperties"]
    drivers = [(os.upper(), "SSH", ", ".join(f"`{name}`" for name in names)) for os, names in OVER_SSH.items()]
    drivers += [(os.upper(), "telnet or console", ", ".join(f"`{name}`" for name in names)) for os, names in OVER_TELNET.items()]
    settings = [(f"`{name}`", _type(one.type), one.does) for name, one in SETTINGS.items()]
    return "\n".join(
        (
            HEAD + "## A host or group\n",
            fields(host),
            "`data` has these keys; all others are yours, and `--limit` can select by them:\n",
            fields(host["properties"]["data"]),
            "## Defaults\n",
            fields(defaults_schema()),
            "## Values of platform\n",
            table(("system", "by", "platform"), drivers),
            "## Connection settings\n",
            "These go below `connection_options: {nr_run: {extras: {...}}}` of a host, a group or the defaults. Others are refused.\n",
            table(("setting", "is", "does"), settings),
            "## Secret references\n",
            "`scheme:rest` says where a secret is kept, never what it is ([security](../explanation/security.md)).\n",
            table(("reference", "the value is"), ((f"`{name}:...`", KEPT_IN[name]) for name in SCHEMES)),
            "## Environment variables\n",
            table(("variable", "says"), ((f"`{name}`", says) for name, says in (VARIABLES | FOREIGN).items())),
        )
    )


def _type(words: str | tuple[str, ...]) -> str:
    return words if isinstance(words, str) else " or ".join(words)


def _check() -> None:
    """Every variable that the program reads has a row, and no other."""
    read = {
        name for room in ROOMS for path in (ROOT / room).rglob("*.py") for name in re.findall(r"NR_RUN_[A-Z_]+", path.read_text())
    }
    if read != {*VARIABLES} or {*SCHEMES} != {*KEPT_IN}:
        raise SystemExit(f"the variables that are read, or the references, have other rows: {read ^ {*VARIABLES}}")
