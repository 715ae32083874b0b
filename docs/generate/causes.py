"""docs/reference/causes.md: why a tunnel may not be up, from the tables that the program names its causes by."""

from __future__ import annotations

from nr_run.parsers.logs.provider_log_words import ALIBABA_CODES, MEANINGS
from nr_run.services.l2l.diagnosis.causes import KNOWN
from nr_run.services.l2l.diagnosis.signatures import SIGNATURES

HEAD = """\
# Why a tunnel is not up

If a tunnel cannot be verified, `nr-run` names the probable cause, its confidence, the command that confirms it, and a remedy. It uses what
all of our ends showed while the tunnel was tested, their routes and interfaces, and their configurations. It only reads; it changes nothing
to find out. This page is generated from its tables (`make reference`).

- **Order.** The rows are tried from top to bottom, as an engineer would: are the lines there, does anything leave, is IKE
  heard, do the two ends agree, is there an SA, do packets pass. A later cause follows from an earlier one, so the first that
  fits is named.
- **Several fit.** Causes that the evidence cannot tell apart are named together, with medium confidence at most.
- **Configurations.** Where both ends are ours, a difference between them is evidence, and agreement rules a cause out. A key
  that a device masks or encrypts (type 6) is not known: it counts neither for nor against.
- **No false alarm.** No cause is named while no traffic asks for the tunnel, during a rekey, or for remnants of an old attempt.
- **A far end that is not ours** is judged by what our end shows. The log of its gateway can be read too; see below.

"""
PROVIDERS = """
## The log of a provider's gateway

`nr-run verify --provider-log FILE` combines the log of the far side with what our end shows. If both name the same cause, its confidence
rises. If they differ, both are named, and the difference is a finding. A failure from before the tunnel last came up does not count. A
line or record that cannot be read is reported with its number. These logs are known:

- **AWS**: the tunnel log as JSON, one record after the other, a list, or the events that CloudWatch exports;
- **Alibaba Cloud**: the answer of `DiagnoseVpnConnections`, a code alone, or lines of the IPsec log;
- **Tencent Cloud**: lines of the tunnel log.

| code of Alibaba Cloud | means |
|---|---|
"""


def page() -> str:
    """The whole page."""
    order = {cause: stage for stage, cause in sorted(((row.stage, row.cause.id) for row in SIGNATURES), reverse=True)}
    rows = sorted(KNOWN, key=lambda known: (order[known.id], known.id))
    table = ["| id | what you see | cause | confidence | confirm with | remedy |", "|---|---|---|---|---|---|"]
    for known in rows:
        cells = (f"`{known.id}`", known.shows, known.sentence, known.confidence, known.confirm, known.remedy)
        table.append(f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |")
    codes = [f"| `{code}` | {MEANINGS[means] if means else 'nothing of a cause'} |" for code, means in ALIBABA_CODES.items()]
    return HEAD + "\n".join(table) + "\n" + PROVIDERS + "\n".join(codes) + "\n"
