"""Regular expressions that templates name, so that a template stays readable.

Passed to TTP as template variables: `{{ peer | re("ADDRESS") }}`. None may match a line break.
"""

from __future__ import annotations

from ..fields import vocabulary
from ..fields.vocabulary import ASA_IKE_STATE, BGP_STATE, CLOCK, IKE_STATUS, IOS_IKE_STATE, SA_STATUS, SESSION_STATUS

PATTERNS: dict[str, str] = {
    "ADDRESS": r"(?:\d{1,3}\.){3}\d{1,3}|[0-9A-Fa-f]*:[0-9A-Fa-f:.]+",
    "PREFIX_TEXT": r"(?:\d{1,3}\.){3}\d{1,3}(?:/[\d.]+)?|[0-9A-Fa-f]*:[0-9A-Fa-f:.]+/\d+",
    # An identity or selector as the crypto commands print it: address/mask/protocol/port, or a range of ports.
    "SELECTOR": r"[0-9A-Fa-f:.]+/[0-9.]+/\d+/\d+(?:[ \t]*-[ \t]*\d+)?",
    "HEX": r"(?:0x)?[0-9A-Fa-f]+",
    "NUMBER": r"\d+",
    "COLON": r":?",
    "COLON_OR_DOT": r"[:.]?",
    "BRACED": r"\{[^}\n]*\}",
    "REST": r"[^\n]*",
    "NOTHING": r"(?:)",
    "SPACE": r"[ \t]*",
    "INTERFACE": r"[A-Za-z][A-Za-z0-9/.:_-]*",
    "INTERFACE_NUMBERED": r"[A-Za-z][A-Za-z-]*\d[\d/.:]*",
    "FILE_NAME": r"[^\s<]+",
    "MOST_RECENT": r"(?:[ \t]*<- Most Recent)?",
    "PLAIN": r"[\w./-]+",
    "NAME": r"[^\s,]+",
    "QUOTED": r"[^\"\n]+",
    # The rest of a line, without the blanks at its end.
    "LINE": r"\S(?:[^\n]*\S)?",
    "OPTIONAL_LINE": r"(?:[ \t]+\S[^\n]*)?",
    "OPTIONAL_NUMBER": r"(?:[ \t]+\d+)?",
    "OPTIONAL_STATUS": rf"(?:[ \t]+(?:{IKE_STATUS.pattern}))?",
    "OPTIONAL_DELETED": r"(?:[ \t]*\(deleted\))?",
    "OPTIONAL_PARENTHESES": r"(?:[ \t]*\([^()\n]*\))?",
    # The VRF in which a next hop is; a name holds no blank, and a sentence in parentheses is none.
    "OPTIONAL_VRF": r"(?:[ \t]*\([^()\s]+\))?",
    "OPTIONAL_PORT": r"(?:(?:[ \t]+port[ \t]+|:)\d+)?",
    # What a field can hold is said once, in vocabulary.py: a template lets in nothing else.
    "IKE_STATE": IOS_IKE_STATE.pattern,
    "ASA_IKE_STATE": ASA_IKE_STATE.pattern,
    "BGP_STATE": BGP_STATE.pattern,
    "ASA_IKE_KIND": vocabulary.ASA_IKE_KIND.pattern,
    "ASA_IKE_AUTH": vocabulary.ASA_IKE_AUTH.pattern,
    "IOS_IKE_AUTH": vocabulary.IOS_IKE_AUTH.pattern,
    "POLICY_AUTH": vocabulary.POLICY_AUTH.pattern,
    "IKEV2_AUTH": vocabulary.IKEV2_AUTH.pattern,
    "IPSEC_MODE": vocabulary.IPSEC_MODE.pattern,
    "DF_POLICY": vocabulary.DF_POLICY.pattern,
    "NAT_PROTOCOL": vocabulary.NAT_PROTOCOL.pattern,
    "SESSION_ORIGIN": vocabulary.ORIGIN.pattern,
    "SA_CAPABILITIES": vocabulary.CAPABILITIES.pattern,
    "SESSION_STATUS": SESSION_STATUS.pattern,
    "TIME_OF_DAY": CLOCK.pattern,
    "CERTIFICATE_TIME": vocabulary.CERTIFICATE_TIME.pattern,
    "CERTIFICATE_STATUS": vocabulary.CERTIFICATE_STATUS.pattern,
    "SA_COLUMNS": r"slot|status|slot[ \t]+status",
    "NAME_OR_NONE": r"[^\s,]+",
    # The line "protected vrf: X" stands above an identity pair where the release knows VRFs (12.2(8)T on).
    "PROTECTED_VRF": r"(?:protected vrf:[ \t]*\S*[ \t]*\n\s*)?",
    "FLOW_ID": r"[^,\n]+",
    "SA_STATUS": SA_STATUS.pattern,
    "HASHES": r"##?",
    "ENGINE_INTERFACE": r"<none>|[A-Za-z][A-Za-z0-9/.:_-]*",
    "ENGINE_ADDRESS": r"<none>|(?:\d{1,3}\.){3}\d{1,3}|[0-9A-Fa-f]*:[0-9A-Fa-f:.]+",
    "ALGORITHM": r"[A-Z][A-Z0-9]*(?:[_+-][A-Za-z0-9]+)*",
    "NAT_SIDE": r"---|(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?|[0-9A-Fa-f]*:[0-9A-Fa-f:.]+",
    "SCOPED_ADDRESS": r"(?:\d{1,3}\.){3}\d{1,3}|[0-9A-Fa-f]*:[0-9A-Fa-f:.]+(?:%[\w.-]+)?",
    # One sign a probe, in capitals; more letters for IPv6 (A administratively, B too big, H host, P port unreachable, ...).
    "PING_MARKS": r"(?-i:[!.?@&ABEHIMNPQRSTU]+)",
    "AGE": r"\d+:\d\d:\d\d|(?:\d+[ywdh])+|never",
    "PHRASE": r"\d+ (?:year|week|day|hour|min|minute|sec|second)s?(?:,? \d+ (?:year|week|day|hour|min|minute|sec|second)s?)*",
    # `S*`, `O*E2`, `i L1`, `n*Nd`, and behind blanks what is special: + leaked, % next hop overridden, p by PfR, & replaced.
    "ROUTE_CODE": r"[A-Za-z][A-Z]?[*+%&]*(?: ?(?:[EN][12]|N[dio]|IA|EX|L[12]|ia|su))?(?:[ \t]*[*+%&p](?=[ \t]))*",
    "ROUTE_LEGEND": r"(?:[A-Za-z*+%&][A-Za-z0-9]? - [A-Za-z][^,\n]*(?:,[ \t]*|[ \t]*(?=\n)))+",
    "OPTIONAL_AGE": r"(?:, (?:\d+:\d\d:\d\d|(?:\d+[ywdh])+))?",
    "OPTIONAL_INTERFACE": r"(?:, [A-Za-z][A-Za-z0-9/.:_-]*)?",
}
