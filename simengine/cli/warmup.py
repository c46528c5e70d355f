"""`simengine warmup`: compile the kernels now, for an image or before a cluster starts a thousand jobs."""

from __future__ import annotations

from simengine.cli.arguments import Arguments
from simengine.cli.failures import SUCCESS, complain, say
from simengine.cli.progress import COMPILING
from simengine.model.errors import printable


def work(arguments: Arguments) -> int:
    from simengine.engine.simulate import must_compile
    from simengine.engine.warm import warm_up

    if must_compile():
        complain(COMPILING)
    warmed = warm_up()
    if warmed.folder is None:
        complain(
            "no folder could be written, so every process compiles anew: "
            "name one that only you may write to, NUMBA_CACHE_DIR=FOLDER"
        )
        return SUCCESS
    what = "compiled and kept" if warmed.compiled else "kept already, and loaded"
    say(f"kernels {what} in {warmed.seconds:.1f} s")
    say(f"  {printable(str(warmed.folder))}  ({warmed.n_bytes / 1e6:.1f} MB)")
    return SUCCESS
