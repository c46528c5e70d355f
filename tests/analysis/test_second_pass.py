"""The tail of a summary, from a second pass over its paths."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simengine.analysis.second_pass import tail_parts
from simengine.estimators import tail_contribution, tail_of, tvar
from simengine.model.errors import ConfigError
from simengine.results.simulation import play
from tests.engine.running import with_run
from tests.results.synthetic import EVERYTHING, small_study

STUDY = with_run(small_study(3000), keep=("summary",))


@pytest.mark.parametrize("by", ["driver", "workload", "period"])
@pytest.mark.parametrize("level", [0.5, 0.9, 0.99])
def test_parts_are_those_of_the_paths(by: str, level: float) -> None:
    """Within 0.2%, which a bin is wide; and they add up."""
    found = tail_parts(STUDY, play(STUDY), "disruption_exposure", by, level)  # pyright: ignore
    paths = play(with_run(STUDY, keep=EVERYTHING))
    total, parts = paths["disruption_exposure"], paths[f"disruption_exposure_by_{by}"]
    exact = tvar(total, level)
    assert found.total.value == pytest.approx(exact.value, rel=0.002)
    assert found.total.standard_error == pytest.approx(exact.standard_error, rel=0.05)
    assert math.fsum(part.value for part in found.parts) == pytest.approx(found.total.value, rel=1e-12)
    tail = tail_of(total, level)
    for k, label in enumerate(paths.labels(by)):
        assert found.labels[k] == label
        expected = tail_contribution(parts[:, k], tail)
        # Which of many paths in one bin are above the quantile is a matter of their share alone.
        reach = 0.5 * expected.standard_error + 0.002 * abs(exact.value)
        assert abs(found.parts[k].value - expected.value) <= reach


def test_threads_change_no_bit() -> None:
    summary = play(STUDY)
    one, other = (tail_parts(with_run(STUDY, threads=t), summary, "disruption_exposure") for t in (1, 3))
    assert one == other


def test_what_cannot_be_split_is_named() -> None:
    summary = play(STUDY)
    for of, by, words in (
        ("disruption_exposure", "component", "cost alone has components"),
        ("disruption_exposure", "year", "driver, workload"),
        ("disruption_days", "driver", "run.summarise"),
    ):
        with pytest.raises(ConfigError, match=words):
            tail_parts(STUDY, summary, of, by)  # pyright: ignore
    with pytest.raises(ConfigError):
        tail_parts(STUDY, summary, level=95)


def test_few_paths_tell_no_error() -> None:
    study = with_run(STUDY, n_paths=20)
    found = tail_parts(study, play(study), "disruption_exposure", "workload", 0.95)
    assert np.isnan(found.total.standard_error)
