"""Answers of devices that are normal, beside silence."""

from __future__ import annotations

from ..family import patterns

#: IOS-XE from 17.6.1 on takes weak cryptography and says so (field notice FN72510, in these words for an encryption algorithm).
DEPRECATED = patterns(r"% ?Warning: weaker .+ is deprecated")
_OLD = r"(?:WARNING|INFO): .*(?:deprecated|insecure|less secure|weak)(?:.|\n)*"
#: ASA 9.13 and later say so of what a later release will not have, and take it.
OLD = patterns(_OLD)
#: A map entry of an ASA while not all of its lines are there.
INCOMPLETE = patterns(r"WARNING: The crypto map entry (?:is|will be) incomplete!", _OLD, r"INFO: .+")
#: A map entry of IOS likewise.
DISABLED = DEPRECATED + patterns(
    r"% NOTE: This new crypto map will remain disabled until a peer\s+and a valid access list have been configured\.",
)
