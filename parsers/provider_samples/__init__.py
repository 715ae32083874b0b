"""A cloud provider's "download configuration" for Cisco, read: whose it is, what each line says, and which tunnels it means.

Pure: bytes in, a record out. The record holds no key but in `SampleKey`, which shows none.
"""

from __future__ import annotations

from .reading import keys_of, read_sample
from .records import Sample, SampleKey, SampleTunnel, Statement

__all__ = ["Sample", "SampleKey", "SampleTunnel", "Statement", "keys_of", "read_sample"]
