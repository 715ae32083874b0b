"""What IP phones can do in TLS and DTLS, by model: a table with a source each."""

from __future__ import annotations

import re

from msgspec import Struct

from ...inventory.errors import UsageError
from ...inventory.files.did_you_mean import hint

#: The two suites that every phone with this VPN has.
RSA_AES = ("AES256-SHA", "AES128-SHA")


class PhoneModel(Struct, frozen=True):
    """One series. ``versions`` of TLS, best first; ``tls`` and ``dtls`` are suites in OpenSSL's words.

    ``one_cipher``: DTLS comes about only with the suite that TLS has. ``elliptic``: it offers suites for an elliptic certificate.
    """

    name: str
    versions: tuple[str, ...]
    tls: tuple[str, ...]
    dtls: tuple[str, ...]
    one_cipher: bool
    source: str

    @property
    def elliptic(self) -> bool:
        """True if a firewall may take an elliptic certificate for it."""
        return any("ECDSA" in suite for suite in self.tls)


_SEED = (
    "Cisco, Troubleshoot AnyConnect VPN phone: a 7962G with firmware 9.1.1 has these two; one cipher: ocserv, README-cisco-svc"
)
_NEWER = "from memory; that newer phones offer elliptic suites in TLS and AES256-SHA in DTLS stands in Cisco's document"
_OLD = PhoneModel("79xx", ("tlsv1",), RSA_AES, RSA_AES, True, _SEED)
_NEW = PhoneModel(
    "88xx",
    ("tlsv1.2", "tlsv1"),
    ("ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-AES128-GCM-SHA256", *RSA_AES),
    RSA_AES,
    False,
    _NEWER,
)
MODELS: dict[str, PhoneModel] = {
    **dict.fromkeys(("7942", "7945", "7962", "7965", "7975"), _OLD),
    **dict.fromkeys(("8811", "8841", "8851", "8861"), _NEW),
}
#: What is asked for where no model is told: what all of them have.
ANY = PhoneModel("any", ("tlsv1.2", "tlsv1.1", "tlsv1"), RSA_AES, RSA_AES, False, "the suites that all phones with this VPN have")


def model_named(text: str) -> PhoneModel:
    """The series of a model: `7962`, `7962G`, `CP-8861`. Raises UsageError with the nearest one."""
    found = re.search(r"\d{4}", text)
    if found is None or found[0] not in MODELS:
        raise UsageError(f"phone model {text!r} is not known{hint(text, MODELS)}; known: {', '.join(MODELS)}")
    return MODELS[found[0]]


#: The 79xx have a firmware for several models each.
_LOADS = {"SIP42": "7942", "SCCP42": "7942", "SIP45": "7945", "SCCP45": "7945", "SIP75": "7975", "SCCP75": "7975"}


def model_of_load(load: str) -> PhoneModel | None:
    """The series that a firmware is for: `sip8861.14-1-1`, `sip88xx.12-8`, `SIP42.9-1-1`; None where that is not known."""
    begin = re.match(r"(?:sip|sccp)(\d{4})", load, re.IGNORECASE)
    if begin and begin[1] in MODELS:
        return MODELS[begin[1]]
    if re.match(r"sip88xx", load, re.IGNORECASE):
        return _NEW
    return next((MODELS[model] for start, model in _LOADS.items() if load.upper().startswith(start)), None)
