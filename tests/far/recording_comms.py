"""Loaded by scheduler and workers: what passes them is written down as it is before TLS, and what a worker seals before that."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from distributed.comm import tcp

from nr_run.runbooks.far import dask_agent, seal, wire

FOLDER = Path(os.environ["NR_RUN_TEST_RECORD"])


def _write(kind: str, data: Any) -> None:
    with (FOLDER / f"{kind}-{os.getpid()}").open("ab") as file:
        file.write(bytes(data) + b"\n")


async def _to_frames(*given: Any, **named: Any) -> Any:
    frames = await _real_to_frames(*given, **named)
    for frame in frames:
        _write("wire", memoryview(frame).cast("B"))
    return frames


async def _from_frames(frames: Any, *given: Any, **named: Any) -> Any:
    for frame in frames:
        _write("wire", memoryview(frame).cast("B"))
    return await _real_from_frames(frames, *given, **named)


_real_to_frames, _real_from_frames = tcp.to_frames, tcp.from_frames
tcp.to_frames, tcp.from_frames = _to_frames, _from_frames


class Seal(seal.Seal):
    """As it is, and what is inside is written down."""

    def close(self, data: bytes, way: str) -> bytes:
        """Before it is sealed."""
        _write("inside", data)
        return super().close(data, way)

    def open(self, data: bytes, way: str) -> bytes:
        """When it was opened."""
        opened = super().open(data, way)
        _write("inside", opened)
        return opened


dask_agent.Seal = wire.Seal = Seal  # type: ignore[misc]
