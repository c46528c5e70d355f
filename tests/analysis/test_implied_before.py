"""What a scenario implies is simulated once, and only for the same study and sources."""

from __future__ import annotations

from pathlib import Path

import pytest

from simengine.analysis import implied_before
from simengine.analysis.implied import implied
from simengine.analysis.implied_before import implied_or_remembered
from simengine.model.errors import InternalError
from simengine.model.study import Study
from tests.engine.running import with_run
from tests.results.synthetic import small_study


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(implied_before, "numbers_folder", lambda: tmp_path)
    return tmp_path


def never(study: Study) -> None:
    raise InternalError("simulated again")


def test_what_was_found_is_remembered_to_the_bit(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = small_study(10)
    found = implied_or_remembered(study)
    assert found == implied(study)
    monkeypatch.setattr("simengine.analysis.implied.implied", never)
    assert implied_or_remembered(study) == found
    assert implied_or_remembered(with_run(study, n_paths=77, keep=("totals",), threads=3)) == found
    assert [file.suffix for file in folder.iterdir()] == [".json"]


@pytest.mark.parametrize("change", [{"seed": 8}, {"horizon_days": 499.0}, {"first_path": 1}])
def test_another_study_is_simulated(
    change: dict[str, float], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    implied_or_remembered(small_study(10))
    monkeypatch.setattr("simengine.analysis.implied.implied", never)
    with pytest.raises(InternalError):
        implied_or_remembered(with_run(small_study(10), **change))


@pytest.mark.parametrize("damage", ["", "{}", "[1]", "cut", "changed"])
def test_what_is_damaged_is_simulated_again(damage: str, folder: Path) -> None:
    study = small_study(10)
    found = implied_or_remembered(study)
    (file,) = folder.iterdir()
    text = file.read_text()
    changed = text.replace('\\"n_occurrences\\": ', '\\"n_occurrences\\": 1')
    assert changed != text
    file.write_text({"cut": text[:-20], "changed": changed}.get(damage, damage))
    assert implied_or_remembered(study) == found
    assert file.read_text() == text


def test_without_a_folder_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(implied_before, "numbers_folder", lambda: None)
    assert implied_or_remembered(small_study(10)) == implied(small_study(10))
