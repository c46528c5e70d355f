"""`simengine run` and what it shares with the other verbs: folders, --cfg, --info."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from simengine.config.composition import compose_tree
from simengine.config.document import read_document
from simengine.results import recording
from simengine.results.store import read_result, status
from tests.cli.conftest import SMALL, Said

Run = Callable[..., Said]


def test_a_run_writes_a_whole_result_and_says_where(simengine: Run, here: Path) -> None:
    said = simengine("run", *SMALL, "output.dir=results/first")
    assert said.status == 0, said.err
    found = status(here / "results/first")
    assert found.complete
    assert found.result_hash is not None
    assert "results/first" in said.out
    assert found.result_hash in said.out
    assert "single_workload under claim_fails" in said.out
    rows = (here / "results/first/percentiles.csv").read_text().splitlines()
    assert any(row.startswith("total_cost,portfolio,single_workload,,,P95,") for row in rows)


def test_each_run_has_a_folder_of_its_own(simengine: Run, here: Path) -> None:
    for _ in range(2):
        assert simengine("run", *SMALL, "strategy=pause").status == 0
    folders = sorted(path.name for path in (here / "outputs").iterdir())
    assert len(folders) == 2
    assert all(
        re.fullmatch(r"\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d-\d{6}_claim_fails_pause", name) for name in folders
    )


def test_a_name_is_no_path(simengine: Run, here: Path) -> None:
    assert simengine("run", *SMALL, "scenario.name='../../a/b: c'").status == 0
    (folder,) = (here / "outputs").iterdir()
    assert folder.name.endswith("a_b_c_proceed")


def test_a_result_is_not_overwritten_unless_asked(simengine: Run, here: Path) -> None:
    assert simengine("run", *SMALL, "output.dir=x").status == 0
    first = status(here / "x").result_hash
    said = simengine("run", *SMALL, "output.dir=x", "run.seed=8")
    assert said.status == 2
    assert "output.dir" in said.err
    assert status(here / "x").result_hash == first
    assert simengine("run", *SMALL, "output.dir=x", "run.seed=8", "output.overwrite=true").status == 0
    assert status(here / "x").result_hash != first


@pytest.mark.parametrize("folder", ["a_file", "a_file/below"])
def test_a_folder_that_cannot_be_written_is_refused_before_the_run(
    folder: str, simengine: Run, here: Path
) -> None:
    (here / "a_file").write_text("")
    said = simengine("run", *SMALL, f"output.dir={folder}")
    assert said.status == 2
    assert "output.dir" in said.err
    assert said.out == ""


def test_hydras_run_folder_is_honoured(simengine: Run, here: Path) -> None:
    assert simengine("run", *SMALL, "hydra.run.dir='there/${now:%Y}'").status == 0
    (folder,) = (here / "there").iterdir()
    assert re.fullmatch(r"\d{4}", folder.name)
    assert status(folder).complete


def test_a_mistake_is_told_without_a_traceback_and_leaves_nothing(simengine: Run, here: Path) -> None:
    said = simengine("run", "run.n_paths=-5", "scenario=baseline", "run.perod=month")
    assert said.status == 2
    assert said.out == ""
    assert "run.n_paths (override run.n_paths=-5)" in said.err
    assert "did you mean period?" in said.err
    assert list(here.iterdir()) == []


def test_the_printed_configuration_composes_to_the_same_study(simengine: Run, here: Path) -> None:
    overrides = ("scenario=leadership_exit", "run.seed=3", "strategy=clauses")
    printed = simengine("run", "--cfg", "job", *overrides).out
    (here / "own").mkdir()
    (here / "own" / "config.yaml").write_text(printed)
    assert compose_tree([], here / "own").study() == compose_tree(overrides).study()


def test_a_part_of_the_configuration(simengine: Run) -> None:
    said = simengine("run", "--cfg", "job", "-p", "portfolio.lines.qwen-3.5")
    assert read_document(said.out, "").tree["licence"] == "open_weight"
    assert simengine("run", "--cfg", "job", "--package", "no.such").status == 2


def test_interpolations_are_printed_as_written_or_resolved(simengine: Run) -> None:
    arguments = ("run", "--cfg", "job", "-p", "scenario.name", "scenario.name=${portfolio.name}")
    assert simengine(*arguments).out.strip() == "${portfolio.name}"
    assert simengine(*arguments, "--resolve").out.strip() == "midmarket"


def test_where_the_configuration_came_from(simengine: Run, here: Path) -> None:
    (here / "own" / "strategy").mkdir(parents=True)
    (here / "own" / "strategy" / "pause.yaml").write_text("name: mine\n")
    said = simengine("run", "--info", "-cd", "own", "strategy=pause")
    assert said.status == 0
    assert said.out.index("own") < said.out.index("conf")
    assert re.search(r"own/strategy/pause.yaml +at strategy\n", said.out)
    assert re.search(r"driver/leadership_exit.yaml +at scenario.drivers.leadership_exit\n", said.out)
    assert "strategy/pause: yours is used in place of the shipped one" in said.err


def test_the_same_numbers_as_from_python(simengine: Run, here: Path) -> None:
    import simengine as package

    assert simengine("run", *SMALL, "output.dir=x").status == 0
    result = read_result(here / "x")
    dataset = package.simulate(package.compose(list(SMALL)))
    assert (result["total_cost"] == dataset["total_cost"].to_numpy()).all()
    assert result.attrs["result_hash"] == dataset.attrs["result_hash"]


def test_a_run_goes_on_until_it_is_precise(simengine: Run, here: Path) -> None:
    target = "run.precision={metric: total_cost, statistic: mean, relative_error: 0.02}"
    said = simengine("run", *SMALL, target, "run.max_paths=4000", "output.dir=x", "output.tolerance=0.002")
    assert said.status == 0, said.err
    result = read_result(here / "x")
    assert result.attrs["n_paths"] == 1024
    assert "1,024 futures" in said.out
    assert "Precision met: mean of total_cost: " in said.out
    assert "reaches further than 0.2% of the value" in said.out
    header, *rows = (here / "x/percentiles.csv").read_text().splitlines()
    assert header.endswith(",flag")
    assert any(row.endswith(",wide") for row in rows)
    assert status(here / "x").result_hash == result.attrs["result_hash"]


@pytest.mark.parametrize("tolerance", ["0", "1", "true", "'5%'"])
def test_a_tolerance_is_a_part_of_the_value(tolerance: str, simengine: Run, here: Path) -> None:
    said = simengine("run", *SMALL, f"output.tolerance={tolerance}")
    assert said.status == 2
    assert "output.tolerance" in said.err
    assert "above 0 and below 1" in said.err
    assert list(here.iterdir()) == []


def test_a_disk_that_fills_up_is_one_message_and_leaves_nothing(
    simengine: Run, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(recording._File, "write", no_room)
    said = simengine("run", *SMALL, "output.dir=x")
    assert said.status == 2
    assert said.out == ""
    assert said.err.count("no room for the result") == 1
    assert "Traceback" not in said.err
    assert list(here.iterdir()) == []
