"""The large portfolio is what its generator makes."""

from collections import Counter

from tests.conf.shipped import composed
from tools.make_enterprise import LINES, TARGET, Draws, enterprise, main


def test_the_file_is_what_the_generator_makes() -> None:
    assert TARGET.read_text("utf-8") == enterprise()
    assert main(["--check"]) == 0


def test_another_seed_makes_another_company() -> None:
    assert enterprise(1) != enterprise(2)
    assert enterprise(1) == enterprise(1)


def test_its_size_and_mix() -> None:
    portfolio = composed("portfolio=enterprise").portfolio
    assert (len(portfolio.labs), len(portfolio.lines), len(portfolio.workloads)) == (8, 20, 60)
    workloads = portfolio.workloads.values()
    assert len(Counter(workload.hosting for workload in workloads)) == 3
    assert len(Counter(workload.responses.policy for workload in workloads)) == 3
    assert 10 <= sum(workload.adoption is not None for workload in workloads) <= 25
    assert all(workload.responses.fallbacks for workload in workloads)


def test_no_two_fallbacks_share_a_lab() -> None:
    for workload in composed("portfolio=enterprise").portfolio.workloads.values():
        labs = [LINES[fallback.line][0] for fallback in workload.responses.fallbacks]
        assert len(set(labs)) == len(labs)


def test_draws_have_the_quantiles_asked_for() -> None:
    draws = Draws(5)
    n, below = 20_000, 0
    for _ in range(n):
        below += draws.lognormal(40.0, 1200.0) < 40.0
    standard_error = (0.1 * 0.9 / n) ** 0.5
    assert abs(below / n - 0.1) < 4 * standard_error
