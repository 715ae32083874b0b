"""What every service does alike with a provider's sample: what keeps it from being whole, its keys, what a person gives. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from io import StringIO
from typing import Any, TypeVar

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from ...changes.configurations.nameif import AsaInterface
from ...inventory.errors import SecretError
from ...inventory.hiding.references import check_preshared_key
from ...parsers.provider_samples import Sample, keys_of
from .sample_draft import Missing, Wishes

T = TypeVar("T")


def not_whole(sample: Sample) -> Iterator[Missing]:
    """What keeps any intent from being made of it, whatever a person says."""
    for sentence in dict.fromkeys((*sample.told, *(cut for tunnel in sample.tunnels for cut in tunnel.cut))):
        yield Missing("sample", sentence, "the whole file")
    for identity in dict.fromkeys(tunnel.identity for tunnel in sample.tunnels if tunnel.identity):
        why = (
            f"the sample has an end known by its {identity}, and both ends of a tunnel are known by their addresses: have the"
            " provider take the addresses, and give the sample that it makes then"
        )
        yield Missing("identity", why, "")


def key_of(sample: Sample, wishes: Wishes, index: int) -> tuple[str, str, Missing | None]:
    """The reference of a tunnel's key, the mark of the key that has to be kept under it, and what is missing."""
    tunnel = sample.tunnels[index]
    given = wishes.keys.get(tunnel.said) or wishes.keys.get("")
    if given:
        return given, "", None
    suffix = f"-{index + 1}" if len(sample.tunnels) > 1 else ""
    reference = f"{wishes.scheme}{wishes.name}{suffix}-psk"
    keys = keys_of(sample, tunnel)
    why = next((key.stand_in for key in keys if key.stand_in), "" if keys else "the sample has no key for it")
    if not why:
        try:
            check_preshared_key(keys[0].value, reference)
        except SecretError as error:
            told = str(error).removeprefix(f"{reference}: ")
            return reference, "", Missing("preshared_key_ref", f"peer {tunnel.said}: {told}; have another one made", "its sample")
        return reference, keys[0].mark, None
    option = f"--key-ref {tunnel.said}=REFERENCE" if tunnel.peer is not None and suffix else "--key-ref REFERENCE"
    return reference, "", Missing("preshared_key_ref", f"peer {tunnel.said}: {why}; keep the real one", option)


def given_for(sample: Sample, values: Sequence[T], index: int) -> T | None:
    """What a person says of one tunnel; one value is for all of them only where the sample has them leave by one way."""
    if len(values) == len(sample.tunnels):
        return values[index]
    one_way = len({(tunnel.near_interface, tunnel.near_outside) for tunnel in sample.tunnels}) == 1
    return values[0] if len(values) == 1 and one_way else None


def is_called(one: AsaInterface, wanted: str) -> bool:
    """By its name, its nameif, or an abbreviation (``g0/0``)."""
    if wanted in (one.hardware, one.nameif):
        return True
    kind, place = wanted.rstrip("0123456789/.:").lower(), wanted[len(wanted.rstrip("0123456789/.:")) :]
    own = one.hardware.rstrip("0123456789/.:")
    return bool(kind and place) and own.lower().startswith(kind) and one.hardware[len(own) :] == place


def placed(record: dict[str, Any], fields: Mapping[str, str]) -> tuple[Missing, ...]:
    """Put what a person has given into a record, by place; what cannot be put there is told."""
    found = []
    for place, text in fields.items():
        *above, last = place.split(".")
        part: Any = record
        for name in above:
            part = part.setdefault(name, {}) if isinstance(part, dict) else None
        try:
            value = YAML(typ="safe").load(text)
        except YAMLError:
            part, value = None, None
        if not isinstance(part, dict):
            found.append(Missing(place, "what --set gives cannot be put there", "a field of the intent and a value"))
        else:
            part[last] = value
    return tuple(found)


def yaml_of(document: Mapping[str, Any], provider: str, host: str) -> str:
    """The file of an intent, with a remark on where it comes from."""
    yaml = YAML()
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.width = 120
    stream = StringIO()
    yaml.dump(document, stream)
    return f"# Made by nr-run import-sample of a sample of {provider} for {host}. No key is in it.\n{stream.getvalue()}"
