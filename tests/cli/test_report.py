"""`simengine report`, and `report=` of run and compare."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.cli.conftest import SMALL, Said

Run = Callable[..., Said]
FILES = ("report.xlsx", "report.html", "percentiles.parquet")


def everything(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.fixture
def stored(simengine: Run, here: Path) -> Path:
    assert simengine("run", *SMALL, "output.dir=x").status == 0
    return here / "x"


def test_all_reports_of_a_result(simengine: Run, stored: Path) -> None:
    before = everything(stored)
    said = simengine("report", "x")
    assert (said.status, said.err) == (0, "")
    assert said.out.splitlines() == [os.path.join("x", name) for name in FILES]
    after = everything(stored)
    assert {name: after[name] for name in before} == before
    assert simengine("status", "x").out.startswith("x: whole\n")


def test_chosen_reports_into_another_folder(simengine: Run, stored: Path, here: Path) -> None:
    before = everything(stored)
    said = simengine("report", "x", "--to", "parquet,xlsx", "--into", "for/the/board")
    assert said.status == 0
    assert sorted(os.listdir(here / "for/the/board")) == ["percentiles.parquet", "report.xlsx"]
    assert everything(stored) == before


def test_marks_by_a_tolerance_of_its_own(simengine: Run, here: Path) -> None:
    """What the run was told by output.tolerance a later report is told by --tolerance."""
    own = "output.tolerance=0.9"
    assert simengine("run", *SMALL, "output.dir=x", "report=[xlsx,html,parquet]", own).status == 0
    assert simengine("report", "x", "--into", "same", "--tolerance", "0.9").status == 0
    assert simengine("report", "x", "--into", "usual").status == 0
    for name in FILES:
        told = (here / "x" / name).read_bytes()
        assert (here / "same" / name).read_bytes() == told, name
        assert (here / "usual" / name).read_bytes() != told, name


@pytest.mark.parametrize(("tolerance", "mend"), [("5", "write 0.05"), ("x", "0.05"), ("nan", "0.05")])
def test_no_tolerance(simengine: Run, stored: Path, tolerance: str, mend: str) -> None:
    said = simengine("report", "x", "--into", "y", "--tolerance", tolerance)
    assert said.status == 2
    assert "--tolerance" in said.err
    assert mend in said.err
    assert not os.path.exists("y")


@pytest.mark.parametrize("verb", [("run",), ("compare", "strategy=proceed,pause")], ids=["run", "compare"])
def test_reports_beside_a_run_are_those_of_its_stored_result(
    verb: tuple[str, ...], simengine: Run, here: Path
) -> None:
    told = simengine(*verb, *SMALL, "output.dir=x", "report=[xlsx,html,parquet]")
    assert told.status == 0
    names = [*FILES, "differences.parquet"] if verb[0] == "compare" else list(FILES)
    for name in names:
        assert str(Path("x") / name) in told.out
    assert simengine("report", "x", "--into", "y").status == 0
    assert sorted(os.listdir(here / "y")) == sorted(names)
    for name in names:
        assert (here / "y" / name).read_bytes() == (here / "x" / name).read_bytes(), name
    # What is written beside does not change what was simulated.
    plain = simengine(*verb, *SMALL, "output.dir=z")
    assert told.out.splitlines()[-1] == plain.out.splitlines()[-1]
    assert (here / "x/manifest.json").read_bytes() == (here / "z/manifest.json").read_bytes()


def test_a_sweep_reports_each_of_its_runs(simengine: Run, here: Path) -> None:
    said = simengine("run", "-m", *SMALL, "run.seed=1,2", "report=[parquet]", "output.dir=sweep")
    assert said.status == 0
    assert len(list((here / "sweep").glob("*/percentiles.parquet"))) == 2


def test_nothing_is_replaced_unasked(simengine: Run, stored: Path) -> None:
    assert simengine("report", "x", "--to", "parquet").status == 0
    (stored / "percentiles.parquet").write_bytes(b"mine")
    before = everything(stored)
    said = simengine("report", "x")
    assert (said.status, said.out) == (2, "")
    assert "percentiles.parquet" in said.err
    assert "--overwrite" in said.err
    assert everything(stored) == before
    assert simengine("report", "x", "--overwrite").status == 0
    assert (stored / "percentiles.parquet").read_bytes()[:4] == b"PAR1"


@pytest.mark.parametrize("damage", ["percentiles.csv", "data.zarr/total_cost/zarr.json", "manifest.json"])
def test_a_damaged_result_is_refused(damage: str, simengine: Run, stored: Path) -> None:
    file = stored / damage
    file.write_bytes(file.read_bytes()[:-1])
    said = simengine("report", "x")
    assert (said.status, said.out) == (2, "")
    assert damage.rpartition("/")[2] in said.err
    assert not (stored / "report.xlsx").exists()


@pytest.mark.parametrize("folder", ["nowhere", "empty", "file"])
def test_what_is_no_result_is_refused(folder: str, simengine: Run, here: Path) -> None:
    (here / "empty").mkdir()
    (here / "file").write_text("")
    said = simengine("report", folder)
    assert said.status == 2
    assert folder in said.err
    assert os.listdir(here / "empty") == []


@pytest.mark.parametrize("forms", ["xls", "xlsx,", ",", "pdf,html"])
def test_unknown_forms(forms: str, simengine: Run, stored: Path) -> None:
    said = simengine("report", "x", "--to", forms)
    assert said.status == 2
    assert "--to" in said.err
    assert "xlsx, html or parquet" in said.err


@pytest.mark.parametrize("verb", ["run", "compare", "check"])
def test_an_unknown_form_is_refused_before_the_run(verb: str, simengine: Run, here: Path) -> None:
    said = simengine(verb, *SMALL, "report=[xlxs]", "output.dir=x")
    assert said.status == 2
    assert "did you mean xlsx?" in said.err
    assert "report" in said.err
    assert not (here / "x").exists()


def test_a_missing_extra_is_told_before_the_run(
    simengine: Run, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simengine.report.extras.find_spec", lambda name: None)
    said = simengine("run", *SMALL, "report=[xlsx]", "output.dir=x")
    assert said.status == 2
    assert "pip install 'simengine[report]'" in said.err
    assert not (here / "x").exists()
    assert simengine("run", *SMALL, "output.dir=x").status == 0
    said = simengine("report", "x")
    assert said.status == 2
    assert "pip install 'simengine[report]'" in said.err


def test_a_full_disk_keeps_the_result(simengine: Run, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(*anything: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("simengine.results.beside._force_to_disk", no_room)
    said = simengine("run", *SMALL, "report=[parquet]", "output.dir=x")
    assert said.status == 2
    assert "no room for the reports" in said.err
    assert "result hash" in said.out, "the numbers are shown all the same"
    assert simengine("status", "x").status == 0
    assert not (here / "x/percentiles.parquet").exists()


def test_the_workbook_tells_the_run(simengine: Run, stored: Path) -> None:
    simengine("report", "x", "--to", "xlsx")
    cover = load_workbook(stored / "report.xlsx")["Cover"]
    assert cover["A1"].value == "single_workload under claim_fails"


def test_help_names_the_forms(simengine: Run) -> None:
    said = simengine("report", "--help")
    assert said.status == 0
    for word in ("--to", "--into", "--overwrite", "xlsx, html, parquet", "examples:"):
        assert word in said.out
    assert "choices (GROUP=NAME)" not in said.out
    assert "report" in simengine("--help").out
