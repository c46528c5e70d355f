"""Cost grows with what happens: per path and struck workload, from no to about 900 occurrences each."""

from __future__ import annotations

import time

import pytest

from simengine.engine.profile import Profile
from simengine.results.simulation import play

# Nothing but incidents of endpoints, at so many a year for each lab.
ONLY_INCIDENTS = ("~scenario.drivers.cost_claim", "~scenario.drivers.shared_cloud_outage")
INCIDENTS = {1: 0.085, 10: 0.85, 100: 8.5, 900: 75.0}
ROUNDS = 3


def incidents(occurrences: int) -> tuple[str, ...]:
    return (*ONLY_INCIDENTS, f"scenario.drivers.api_incident.hazard.rate={INCIDENTS[occurrences]}")


# Scenario, overrides, about how many occurrences that brings a path of midmarket (claims and history
# included), paths.
SCENARIOS = {
    "nothing": ("baseline", (), 0, 200_000),
    "incidents-1": ("hosted_outages", incidents(1), 1, 200_000),
    "incidents-10": ("hosted_outages", incidents(10), 10, 100_000),
    "incidents-100": ("hosted_outages", incidents(100), 100, 20_000),
    "incidents-900": ("hosted_outages", incidents(900), 900, 2_000),
    "licensing_shift": ("licensing_shift", (), 4, 200_000),
    "stalled_updates": ("stalled_updates", (), 8, 100_000),
    "quiet_exit": ("quiet_exit", (), 26, 50_000),
}


@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.benchmark(group="cost grows with what happens")
def test_occurrences(benchmark, compose, size, name: str) -> None:
    """Workloads struck are counted one by one by the kernels, on the very paths that are timed."""
    scenario, overrides, occurrences, n_paths = SCENARIOS[name]
    n_paths = size(n_paths, 300)
    counted = play(compose(300, scenario=scenario, keep=("totals", "occurrences"), overrides=overrides))
    assert len(counted["occurrence_path"]) / 300 == pytest.approx(occurrences, rel=0.2, abs=0.5)
    study = compose(n_paths, scenario=scenario, keep=("totals",), overrides=overrides)
    profile = Profile()
    play(study, profile=profile)
    benchmark.pedantic(play, args=(study,), rounds=ROUNDS)
    benchmark.extra_info["n_paths"] = n_paths
    benchmark.extra_info["struck_workloads"] = profile.n_struck / n_paths
    if benchmark.stats is not None:
        least = benchmark.stats.stats.min
        benchmark.extra_info["paths_per_second"] = n_paths / least
        if profile.n_struck:
            beyond = least - without_any(compose, n_paths)
            benchmark.extra_info["ns_per_struck_workload"] = 1e9 * beyond / profile.n_struck


def without_any(compose, n_paths: int) -> float:
    """The least seconds that as many paths take on which nothing happens."""
    study = compose(n_paths, scenario="baseline", keep=("totals",))
    took = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        play(study)
        took.append(time.perf_counter() - begun)
    return min(took)
