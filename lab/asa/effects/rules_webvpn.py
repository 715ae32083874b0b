"""What an ASA does with the lines of a head-end for AnyConnect.

Sources: ASA command references (group-url: one URL leads to one profile; enable: an interface with that name; ssl encryption and
ssl cipher). The wording of refusals is from memory.
"""

from __future__ import annotations

from collections.abc import Callable

from ...core.configuration.edit import Edit, Refused
from ..meaning import tls
from .edit import around, need_interface

#: The record that every box has, and that nobody can take away.
DEFAULT_RECORD = "DfltAccessPolicy"


def group_url(edit: Edit) -> None:
    """One URL leads to one tunnel group."""
    url = edit.values["url"]
    if edit.negated:
        edit.clear()
        return
    for entry in edit.box.store.all("tunnel-group webvpn"):
        if entry is not edit.section and any(line.key == (url,) for line in entry.all("group-url")):
            raise Refused(f"ERROR: The group-url {url} is already in use by tunnel-group {entry.key[0]}")
    edit.put("group-url {url} {state}".format(**edit.values))


def address_pool(edit: Edit) -> None:
    """A pool that is there; several are in use in their order."""
    if edit.negated:
        edit.clear()
        return
    name = edit.values["pool"]
    if edit.box.store.get("ip local pool", name) is None and not around(edit).loading:
        raise Refused(f"ERROR: address pool {name} does not exist")
    edit.put()


def webvpn_enable(edit: Edit) -> None:
    """On an interface that has this name."""
    if edit.negated:
        edit.clear()
        return
    need_interface(edit, edit.values["nameif"])
    edit.put(f"enable {edit.values['nameif']}{' tls-only' if 'tls' in edit.values else ''}")


def dap_record(edit: Edit) -> None:
    """The default record stays, whatever is said."""
    if edit.negated:
        if edit.values["name"] == DEFAULT_RECORD:
            raise Refused(f"ERROR: {DEFAULT_RECORD} cannot be removed")
        edit.clear()
        return
    edit.entered = edit.put(f"dynamic-access-policy-record {edit.values['name']}")


def certificate_chain(edit: Edit) -> None:
    """The chain of a trustpoint that is there."""
    name = edit.values["name"]
    if edit.negated:
        edit.clear()
        return
    if edit.box.store.get("ca trustpoint", name) is None and not around(edit).loading:
        raise Refused(f"ERROR: Trustpoint {name} does not exist")
    edit.entered = edit.put(f"crypto ca certificate chain {name}")


def certificate(edit: Edit) -> None:
    """A certificate begins; its bytes follow, line by line."""
    if edit.negated:
        edit.clear()
        return
    edit.values["hex"] = ""
    edit.entered = edit.put("certificate {}{}".format("ca " if "ca" in edit.values else "", edit.values["serial"]))


def certificate_bytes(edit: Edit) -> None:
    """A line of bytes."""
    text = edit.values["hex"].replace(" ", "")
    if edit.section is None or set(text.lower()) - set("0123456789abcdef"):
        raise Refused("ERROR: not a hexadecimal digit")
    edit.section.values["hex"] = edit.section.values.get("hex", "") + text.lower()


def ssl_trust(edit: Edit) -> None:
    """A trustpoint with an identity certificate, for one interface or for all that have none of their own."""
    if edit.negated:
        edit.clear()
        return
    name, nameif = edit.values["trustpoint"], edit.values.get("nameif", "")
    if nameif:
        need_interface(edit, nameif)
    if edit.box.store.get("ca trustpoint", name) is None and not around(edit).loading:
        raise Refused(f"ERROR: Trustpoint {name} does not exist")
    edit.put(f"ssl trust-point {name}{' ' + nameif if nameif else ''}")


def ssl_encryption(edit: Edit) -> None:
    """Ciphers in the order of preference, in the words until 9.3(1)."""
    if edit.negated:
        edit.values = {}
        edit.clear()
        return
    strange = [word for word in edit.values["ciphers"].split() if word not in tls.OLD_WORDS]
    if strange:
        raise Refused(f"ERROR: % Invalid cipher {strange[0]}")
    edit.put("ssl encryption {ciphers}".format(**edit.values))


def ssl_cipher(edit: Edit) -> None:
    """A level, or a list between double quotes; the level `medium` is the default and not shown."""
    version = edit.values["version"]
    if edit.negated or edit.values.get("level") == "medium":
        edit.clear()
        return
    suites = edit.values.get("suites", "").strip('"')
    strange = [name for name in suites.split(":") if suites and name not in tls.SUITES]
    if strange:
        raise Refused(f"ERROR: {strange[0]} is not a cipher of this release")
    how = f'custom "{suites}"' if suites else edit.values["level"]
    edit.values["suites"] = suites
    edit.put(f"ssl cipher {version} {how}")


HOOKS: dict[str, Callable[[Edit], None]] = {
    function.__name__: function
    for function in (
        group_url,
        address_pool,
        webvpn_enable,
        dap_record,
        certificate_chain,
        certificate,
        certificate_bytes,
        ssl_trust,
        ssl_encryption,
        ssl_cipher,
    )
}
