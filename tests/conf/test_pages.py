"""What the documentation shows runs: every file, command and snippet, and the path worked by hand."""

import re
from pathlib import Path

import pytest
import yaml

import simengine
from simengine.model.study import Study
from tests.conf.pages import PYTHON, commands, page, write_files
from tests.reference import simulate_path

MODEL = page("model.md")


def worked_study(**run: object) -> Study:
    found = re.search(r"<!-- study: worked path -->\n```yaml\n(.*?)```", MODEL, re.DOTALL)
    assert found is not None
    tree = yaml.safe_load(found[1])
    tree["run"] |= run
    return Study.from_mapping(tree)


def worked_figures() -> dict[str, float]:
    """The last table of the page: figure and value."""
    rows = re.findall(
        r"^\| ([\w ]+) \|[^|]*\| (-?[\d.]+) \|$", MODEL.partition("by hand | value")[2], re.MULTILINE
    )
    return {name: float(value) for name, value in rows}


def test_the_page_has_its_figures() -> None:
    assert len(worked_figures()) == 14


def test_the_path_worked_by_hand_is_that_of_the_reference() -> None:
    result = simulate_path(worked_study(), 0)
    for name, value in worked_figures().items():
        if name.startswith("booked to "):
            found = result["total_cost_by_driver"][name.removeprefix("booked to ")]
        elif name in result["total_cost_by_component"]:
            found = result["total_cost_by_component"][name]
        else:
            found = result[name]
        assert found == pytest.approx(value, abs=0.005), name


@pytest.mark.compiled
def test_the_path_worked_by_hand_is_that_of_the_kernels() -> None:
    dataset = simengine.simulate(worked_study(keep=["totals", "by_component", "by_driver"], n_paths=3))
    for name, value in worked_figures().items():
        if name.startswith("booked to "):
            found = dataset["total_cost_by_driver"].sel(driver=name.removeprefix("booked to "))
        elif name in dataset["component"].to_numpy():
            found = dataset["total_cost_by_component"].sel(component=name)
        else:
            found = dataset[name]
        assert found.to_numpy() == pytest.approx(value, abs=0.005), name
    booked = dataset["disruption_exposure_by_driver"].sel(driver="gating").to_numpy()
    assert booked == pytest.approx(72_000.0, abs=0.005)


@pytest.mark.parametrize("name", ["first-study.md", "own-driver.md"])
def test_what_a_page_shows_runs(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from simengine.cli import main

    text = page(name)
    monkeypatch.chdir(tmp_path)
    assert write_files(text, tmp_path)
    shown = commands(text)
    assert shown
    for number, (program, *arguments) in enumerate(shown):
        assert program == "simengine"
        small = ["run.n_paths=64", f"output.dir={tmp_path}/result{number}"]
        status = main([*arguments, *([] if arguments[0] == "check" else small)])
        assert status == 0, capsys.readouterr().err


@pytest.mark.compiled
@pytest.mark.parametrize("name", ["first-study.md", "own-driver.md"])
def test_python_on_a_page_runs(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = page(name)
    monkeypatch.chdir(tmp_path)
    write_files(text, tmp_path)
    for snippet in PYTHON.findall(text):
        exec(compile(snippet, name, "exec"), {})


def test_every_word_of_the_vocabulary_is_in_the_glossary() -> None:
    glossary = re.findall(r"^\| \*\*([\w -]+)\*\* \|", page("glossary.md"), re.MULTILINE)
    vocabulary = "scenario driver hazard occurrence outcome effect path strategy line workload quantity"
    assert set(vocabulary.split()) <= set(glossary)
    assert glossary == sorted(glossary, key=str.lower)
