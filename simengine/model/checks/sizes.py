"""Nothing overflows, and nothing runs for ever: figures that make sense one by one and not together."""

from __future__ import annotations

import math
from collections.abc import Iterator
from statistics import NormalDist

from simengine.model.checks.dates import ends_beyond_the_calendar
from simengine.model.checks.finding import Finding
from simengine.model.compounds import Mixture
from simengine.model.distributions import Distribution
from simengine.model.entities import driver_entities
from simengine.model.families import Lognormal, Normal
from simengine.model.parts import Parts
from simengine.model.paths import Path
from simengine.model.portfolio import ReleaseSchedule
from simengine.model.scenario import Driver, RateHazard

HORIZON: Path = ("run", "horizon_days")
# Far beyond all money, and far below what floating point holds.
MOST_A_DAY = 1e100
MOST_OCCURRENCES = 1e6
MOST_RELEASES = 10_000
# What a quantity exceeds once in a million draws counts as its greatest value.
RARE = 1e-6
RARE_SCORE = NormalDist().inv_cdf(1.0 - RARE)
# Neither growth nor an amount that ends here can be in the way.
HARMLESS = 20.0


def check(study: Parts) -> Iterator[Finding]:
    if ends_beyond_the_calendar(study):
        return
    yield from _growth(study)
    yield from _occurrences(study)
    yield from _releases(study)


def _greatest(quantity: Distribution) -> float:
    """What a quantity hardly ever exceeds; mostly told without SciPy, which is slow to import."""
    if quantity.is_constant:
        return quantity.value
    if isinstance(quantity, Mixture):
        return max(_greatest(part) for _, part in quantity.components())
    _, most = quantity.support()
    if most <= HARMLESS:
        return most
    if isinstance(quantity, Normal):
        return quantity.mu + RARE_SCORE * quantity.sd
    if isinstance(quantity, Lognormal):
        return quantity.centre * math.exp(RARE_SCORE * quantity.log_sd)
    return float(quantity.isf(RARE))


def _growth(study: Parts) -> Iterator[Finding]:
    """Spend and value at stake stay finite to the horizon, on any line."""
    years = study.run.horizon_days / 365.0
    trends = [_greatest(line.price_trend) for line in study.portfolio.lines.values()]
    trend = max([0.0, *trends])
    for name, workload in study.portfolio.workloads.items():
        path = ("portfolio", "workloads", name)
        growth = max(0.0, _greatest(workload.growth))
        for field, rate in (("daily_spend", growth + trend), ("daily_value", growth)):
            now = _greatest(getattr(workload, field))
            exponent = rate * years + (math.log(now) if now > 0.0 else -math.inf)
            if exponent > math.log(MOST_A_DAY) and rate > 0.0:
                allowed = f"growth with which it stays below {MOST_A_DAY:g} a day (0.2 is 20 per cent a year)"
                yield Finding(
                    (*path, "growth"),
                    f"{rate:g} a year, so that {field} may reach 1e{exponent / math.log(10.0):.0f} a day",
                    allowed,
                    "lower growth, or the line's price_trend, or shorten run.horizon_days",
                    ((*path, field), ("portfolio", "lines"), HORIZON),
                )
                break


def _occurrences(study: Parts) -> Iterator[Finding]:
    """A path must end: each of its occurrences is played, none is left out."""
    years = study.run.horizon_days / 365.0
    for name, driver in study.scenario.drivers.items():
        if not isinstance(driver.hazard, RateHazard):
            continue
        expected = _expected(study, driver, driver.hazard, years)
        if not expected <= MOST_OCCURRENCES:
            path = ("scenario", "drivers", name, "hazard")
            yield Finding(
                (*path, "rate"),
                f"about {expected:.2g} occurrences in each future",
                f"at most {MOST_OCCURRENCES:g} of a driver: each is played by itself",
                "lower the rate (per entity and year), factors or branching, or bound it by at_most",
                (path, HORIZON, ("scenario", "factors"), ("scenario", "drivers", name, "entities")),
            )


def _expected(study: Parts, driver: Driver, hazard: RateHazard, years: float) -> float:
    """A generous estimate of how often a driver strikes: windows open and excitations at their height."""
    factors = [window.factor for window in hazard.windows]
    factors += [excitation.factor for excitation in hazard.excited_by]
    known = study.scenario.factors
    factors += [known[factor] for factor in hazard.scaled_by if factor in known]
    branching = 0.0 if hazard.self_excitation is None else hazard.self_excitation.branching
    height = math.prod(max(1.0, factor.mean()) for factor in factors) / max(1.0 - branching, 1e-9)
    rates = (hazard.rates.get(name, hazard.rate).mean() for name in driver_entities(study, driver))
    counts = [rate * height * years for rate in rates]
    return math.fsum(min(count, hazard.at_most or math.inf) for count in counts)


def _releases(study: Parts) -> Iterator[Finding]:
    end = study.run.start.toordinal() + study.run.horizon_days
    for name, line in study.portfolio.lines.items():
        schedule = line.releases
        if not isinstance(schedule, ReleaseSchedule):
            continue
        number = (end - schedule.first.toordinal()) / schedule.every_days
        if number > MOST_RELEASES:
            path = ("portfolio", "lines", name, "releases")
            yield Finding(
                (*path, "every_days"),
                f"every {schedule.every_days:g} days from {schedule.first}: {number:,.0f} releases",
                f"at most {MOST_RELEASES:,} releases up to the horizon",
                "let them come less often, or begin later",
                ((*path, "first"), HORIZON, ("run", "start")),
            )
