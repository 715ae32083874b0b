"""``nr-run import-sample``: a cloud provider's configuration for Cisco, judged line by line, as an intent of our own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click

from ....inventory.errors import Exit, UsageError
from ....inventory.hiding.store_names import STORES, scheme_of
from ..completion import host_names
from ..console import INVENTORY, JSON, ended, print_json, with_options
from ..paths import PathOf

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv4Network
    from pathlib import Path

_HELP = """\
Read a provider's configuration for Cisco, show what each of its lines would do on a device, and write an intent for it.

FILE is what AWS, Azure, Alibaba Cloud (also its JSON and XML), Google Cloud, IBM Cloud, Oracle Cloud, Cloudflare or Umbrella
offer for download. Shows which lines the device accepts, which its release refuses, which would change what others on it use,
which are weaker than what nr-run builds, and which still have to be filled in. No device is contacted, and no line of the
sample is ever typed. --config supplies the device's configuration; the plan of the deploy reads the device itself.

With --out, the intent is written to a new file. The keys of the sample go to the secret store first, and into no file of
nr-run. As long as anything is missing, nothing is written, and each missing field is listed with the option that supplies it.

\b
nr-run import-sample aws.txt --host hq
nr-run import-sample aws.txt --host hq --config runs/ID/NAME/hq/running-before.cfg
nr-run import-sample aws.txt --host hq --interface GigabitEthernet1 \\
    --outside-ip 203.0.113.5 --lan 10.1.0.0/16 --far 10.2.0.0/16 \\
    --probe 10.1.0.1 --static --stronger --out inventory/vpn/aws.yaml

\b
Exit codes: 0 the intent is complete; 2 something has to be filled in; 65 the file
is not a sample, or only part of one, or the inventory is wrong; 66 no such host.
"""
_NAME = r"[A-Za-z0-9][A-Za-z0-9_.-]{0,47}"


def _address(value: str) -> IPv4Address:
    from ipaddress import IPv4Address

    try:
        return IPv4Address(value)
    except ValueError:
        raise click.BadParameter(f"{value!r} is not an IPv4 address") from None


def _prefix(value: str) -> IPv4Network:
    from ipaddress import IPv4Network

    try:
        if "/" in value:
            return IPv4Network(value)
    except ValueError:
        pass
    raise click.BadParameter(f"{value!r} is not an IPv4 network with its length (10.1.0.0/16)")


_FILE = PathOf(dir_okay=False)
_OPTIONS = with_options(
    click.option(
        "--host", required=True, metavar="HOST", shell_complete=host_names, help="Device of the inventory that the tunnel is for."
    ),
    click.option(
        "--config", type=_FILE, metavar="FILE", help="A running configuration of the device, such as one in a run folder."
    ),
    click.option("--name", default="", metavar="NAME", help="Name of the tunnel [HOST-PROVIDER]."),
    click.option("--out", type=_FILE, metavar="FILE", help="New file for the intent, such as inventory/vpn/NAME.yaml."),
    click.option("--fill", multiple=True, metavar="WORD=VALUE", help="Replace a placeholder word of the sample."),
    click.option(
        "--interface", multiple=True, metavar="NAME", help="Outside interface of the device; one, or one for each tunnel."
    ),
    click.option(
        "--outside-ip", multiple=True, type=_address, metavar="ADDRESS", help="Its address, which is the provider's peer."
    ),
    click.option("--lan", multiple=True, type=_prefix, metavar="PREFIX", help="A network behind the device; may be repeated."),
    click.option("--far", multiple=True, type=_prefix, metavar="PREFIX", help="A network at the provider; may be repeated."),
    click.option(
        "--probe",
        type=_address,
        metavar="ADDRESS",
        help="Address of the device inside its networks, from which test pings start.",
    ),
    click.option("--far-probe", type=_address, metavar="ADDRESS", help="Address at the provider that answers pings."),
    click.option(
        "--tunnel-prefix", multiple=True, type=_prefix, metavar="PREFIX", help="/30 or /31 of a tunnel; one for each, in order."
    ),
    click.option(
        "--stronger", is_flag=True, help="Use the strongest that device and provider support, not what the sample says."
    ),
    click.option(
        "--waiver", default="", metavar="'UNTIL TICKET REASON'", help="Exception for weak cryptography (YYYY-MM-DD ...)."
    ),
    click.option("--static", is_flag=True, help="Use static routes at the provider where the sample has BGP."),
    click.option(
        "--set", "fields", multiple=True, metavar="FIELD=VALUE", help="Set a field of the intent (circuit.interface=VBR)."
    ),
    click.option(
        "--key-ref", multiple=True, metavar="[PEER=]REFERENCE", help="Use the key under this reference instead of the sample's."
    ),
    click.option(
        "--store",
        type=click.Choice(STORES),
        default=STORES[0],
        show_default=True,
        help="Where the keys of the sample are stored.",
    ),
    click.option("--detail", is_flag=True, help="Show each accepted line too."),
    JSON,
    INVENTORY,
)


def _import_sample(file: Path, **options: Any) -> Exit:
    from ...engine.run_setup import inventory_folder
    from ...samples.importing import Asked, import_sample
    from ..views.import_sample_view import import_view
    from ..views.screen import console
    from ..views.wrapped import WIDTH

    fill = dict(_pair(word, "--fill", "WORD=VALUE") for word in options["fill"])
    folder = inventory_folder(options["inventory"])
    asked = Asked(file, folder, _wishes(options), options["config"], fill, options["out"], options["store"])
    made = import_sample(asked)
    if options["as_json"]:
        print_json({"runbook": "import-sample", "outcome": made.code.word, "exit_code": int(made.code), **made.as_dict()})
    else:
        screen = console()
        screen.print(import_view(made, width=screen.width if screen.is_terminal else WIDTH, detail=options["detail"]))
    return made.code


def _wishes(options: dict[str, Any]) -> Any:
    from ....services.common.sample_draft import Wishes

    if options["name"] and not re.fullmatch(_NAME, options["name"]):
        raise UsageError(f"--name {options['name']!r}: letters, digits, dot, dash and underscore, at most 48")
    return Wishes(
        name=options["name"],
        host=options["host"],
        interfaces=options["interface"],
        outside=options["outside_ip"],
        near=options["lan"],
        far=options["far"],
        probe=options["probe"],
        far_probe=options["far_probe"],
        prefixes=options["tunnel_prefix"],
        waiver=_waiver(options["waiver"]),
        stronger=options["stronger"],
        static=options["static"],
        keys=dict(map(_reference, options["key_ref"])),
        scheme=scheme_of(options["store"]),
        fields=dict(_field(word) for word in options["fields"]),
    )


def _pair(text: str, option: str, form: str) -> tuple[str, str]:
    word, equals, value = text.rpartition("=")
    if not (word and equals and value):
        raise UsageError(f"{option} wants {form}")
    return word, value


def _field(text: str) -> tuple[str, str]:
    place, equals, value = text.partition("=")
    if not equals or not re.fullmatch(r"[a-z_]+(?:\.[a-z_]+)*", place):
        raise UsageError("--set wants FIELD=VALUE, with the name of a field of the intent (circuit.interface=VBR)")
    if place.rpartition(".")[2] in ("key", "psk", "preshared_key", "password", "secret"):
        raise UsageError("--set: a key is never written into the intent; keep it, and name it with --key-ref")
    return place, value


def _waiver(text: str) -> tuple[str, str, str] | None:
    if not text:
        return None
    words = text.split(maxsplit=2)
    if len(words) != 3 or not re.fullmatch(r"\d{4}-\d\d-\d\d", words[0]):
        raise UsageError("--waiver wants 'UNTIL TICKET REASON': 2027-06-30 SEC-1 the gateway has nothing better")
    return words[0], words[1], words[2]


def _reference(text: str) -> tuple[str, str]:
    """A peer, or nothing for all, and a reference. What is no reference may be a key, and is not quoted."""
    from ....inventory.hiding.references import SCHEMES

    peer, equals, rest = text.partition("=")
    peer, reference = (peer, rest) if equals and ":" not in peer else ("", text)
    if not reference.startswith(tuple(f"{scheme}:" for scheme in SCHEMES)) or reference.endswith(":"):
        raise UsageError("--key-ref wants where the key is kept, as scheme:name (credential:aws-psk); never the key itself")
    return peer, reference


_import_sample.__doc__ = _HELP
import_sample_command: click.Command = click.command("import-sample", help=_HELP)(
    click.argument("file", type=_FILE)(_OPTIONS(ended("import-sample", _import_sample)))
)
