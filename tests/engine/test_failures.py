"""What goes wrong in a block is raised by the run, whichever thread it was on."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from simengine.engine import blocks, simulate
from simengine.kernels import tables
from simengine.model.errors import InternalError
from simengine.results.simulation import play
from tests.engine.running import run, with_run
from tests.reference.hand_made import made

STUDY = with_run(made(), n_paths=50, keep=("totals",))


@pytest.fixture
def small_blocks(monkeypatch):
    """Fifty blocks of one path each."""
    monkeypatch.setattr(simulate.reduce_study, "__defaults__", (None, 1))


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("threads", [1, 2, 64])
@pytest.mark.parametrize("failing", [0, 31, 49])
def test_an_error_in_a_block_is_raised(threads, failing, monkeypatch):
    begun = []

    def run_block(study, lowered, buffers, keep, first_path, *more):
        begun.append(first_path)
        if first_path == failing:
            raise InternalError("a block failed")
        time.sleep(0.001)
        return blocks.run_block(study, lowered, buffers, keep, first_path, *more)

    monkeypatch.setattr(simulate, "run_block", run_block)
    before = threading.active_count()
    with pytest.raises(InternalError, match="a block failed"):
        play(with_run(STUDY, threads=threads))
    assert threading.active_count() == before, "no thread is left behind"
    if failing == 0 and threads <= 2:
        assert len(begun) < 50, "blocks that nobody will read are not begun"


@pytest.mark.usefixtures("small_blocks")
def test_an_error_of_who_listens_ends_the_run():
    def progress(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        play(with_run(STUDY, threads=2), progress=progress)


def test_a_kernel_that_ends_without_a_status(monkeypatch):
    monkeypatch.setattr(blocks, "draw_occurrences", lambda *arguments: None)
    with pytest.raises(InternalError, match="without a status"):
        play(STUDY)


def test_a_second_block_does_not_inherit_a_status(monkeypatch):
    """The status is poisoned before every block: the one that is left from the last block says nothing."""
    drawn = []

    def once(*arguments):
        if not drawn:
            drawn.append(True)
            draw_occurrences(*arguments)

    draw_occurrences = blocks.draw_occurrences
    monkeypatch.setattr(blocks, "draw_occurrences", once)
    monkeypatch.setattr(simulate.reduce_study, "__defaults__", (None, 25))
    with pytest.raises(InternalError, match="without a status"):
        play(with_run(STUDY, threads=1))


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_a_number_that_is_none_names_its_path(wrong, monkeypatch):
    def play_block(*arguments):
        blocks_play(*arguments)
        output = next(one for one in arguments if isinstance(one, tables.Output))
        output.total[7, tables.EXPOSURE] = wrong

    blocks_play = blocks.play_block
    monkeypatch.setattr(blocks, "play_block", play_block)
    with pytest.raises(InternalError, match="path 107 "):
        run(STUDY, 20, ["totals"], first_path=100)
