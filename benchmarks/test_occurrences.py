"""Cost grows with what happens: per path and struck workload, from no to about 900 occurrences each."""

from __future__ import annotations

import pytest

from simengine.engine.profile import Profile
from simengine.results.simulation import play

# Scenario, about how many occurrences it brings a path of midmarket (claims and history included), paths.
SCENARIOS = [
    ("baseline", 0, 200_000),
    ("licensing_shift", 4, 200_000),
    ("stalled_updates", 8, 100_000),
    ("quiet_exit", 26, 50_000),
    ("hosted_outages", 900, 2_000),
]


@pytest.mark.parametrize(("scenario", "occurrences", "n_paths"), SCENARIOS)
@pytest.mark.benchmark(group="cost grows with what happens")
def test_occurrences(benchmark, compose, size, scenario: str, occurrences: int, n_paths: int) -> None:
    n_paths = size(n_paths, 300)
    counted = play(compose(300, scenario=scenario, keep=("totals", "occurrences")))
    assert len(counted["occurrence_path"]) / 300 == pytest.approx(occurrences, rel=0.2, abs=0.5)
    study = compose(n_paths, scenario=scenario, keep=("totals",))
    profile = Profile()
    play(study, profile=profile)
    benchmark.pedantic(play, args=(study,), rounds=3)
    benchmark.extra_info["n_paths"] = n_paths
    benchmark.extra_info["struck_workloads"] = profile.n_struck / n_paths
    if benchmark.stats is not None:
        least = benchmark.stats.stats.min
        benchmark.extra_info["paths_per_second"] = n_paths / least
        if profile.n_struck:
            benchmark.extra_info["ns_per_struck_workload"] = 1e9 * least / profile.n_struck
