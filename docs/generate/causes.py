"""docs/reference/causes.md: why a tunnel may not be up, from the tables that the program names its causes by."""

from __future__ import annotations

from nr_run.parsers.provider_log_words import ALIBABA_CODES, MEANINGS
from nr_run.services.l2l.diagnosis.causes import KNOWN
from nr_run.services.l2l.diagnosis.signatures import SIGNATURES

HEAD = """\
# Why a tunnel is not up

When a tunnel cannot be verified, `nr-run` names the probable cause, how sure that is, the command that would confirm it, and a
remedy. It looks at what all of our ends showed while the tunnel was tried, at their routes and interfaces, and at what they are
configured with; all of it is read, nothing is changed for it. This page is written from its tables (`make reference`).

- **Order.** The rows are tried from top to bottom, as a person would look: are the lines there, does anything leave, is IKE
  heard, do the two ends agree, is there an SA, do packets pass. A later cause follows from an earlier one, so the first that
  fits is named.
- **Two are left.** What nothing tells apart is named together, and is never surer than medium.
- **Configurations.** Where both ends are ours, what they differ in is evidence, and what they agree in rules a cause out. A key
  that a device masks or encrypts (type 6) is not known: it speaks neither for nor against.
- **No false alarm.** Nothing is named while nobody asks for the tunnel, during a rekey, or for what is left of an old try.
- **A far end that is not ours** is judged by what our end shows. The log of its gateway can be read beside that, see below.

"""
PROVIDERS = """
## The log of a provider's gateway

A file with what the far side says is read and joined with what our end shows. Where both name the same cause, it is surer; where
they differ, both are named, and the difference is a finding of its own. A failure from before the tunnel last came up is history.
A line or a record that cannot be read is told with its number. These are known:

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
    table = ["| id | what you see | cause | how sure | confirm | remedy |", "|---|---|---|---|---|---|"]
    for known in rows:
        cells = (f"`{known.id}`", known.shows, known.sentence, known.confidence, known.confirm, known.remedy)
        table.append(f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |")
    codes = [f"| `{code}` | {MEANINGS[means] if means else 'nothing of a cause'} |" for code, means in ALIBABA_CODES.items()]
    return HEAD + "\n".join(table) + "\n" + PROVIDERS + "\n".join(codes) + "\n"
