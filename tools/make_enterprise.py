"""Make conf/portfolio/enterprise.yaml: 60 workloads on 20 lines of 8 labs, the same for everybody.

    python tools/make_enterprise.py            # writes the file
    python tools/make_enterprise.py --check    # exits with 1 if the file differs

Labs and lines are listed below; what each workload runs on, spends and risks is drawn once from `SEED`. Only
`Random.random` is used, whose numbers do not change from one Python to the next.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from pathlib import Path
from random import Random
from statistics import NormalDist
from typing import TypeVar

TARGET = Path(__file__).resolve().parent.parent / "conf" / "portfolio" / "enterprise.yaml"
SEED = 20260303

# Each lab with its groups and the first release of its lines; all release every 120 days.
LABS = {
    "amber_lab": ("us_region, us_talent", "2025-11-20"),
    "cedar_lab": ("us_region, us_talent", "2025-12-28"),
    "jade_lab": ("cn_region, cn_talent", "2026-01-20"),
    "lumen_lab": ("us_region, us_talent", "2025-12-10"),
    "onyx_lab": ("cn_region, cn_talent", "2025-11-10"),
    "other_lab": ("us_region, us_talent", "2025-10-15"),
    "qwen_lab": ("cn_region, cn_talent", "2025-11-02"),
    "vega_lab": ("us_region, us_talent", "2026-02-01"),
}
# Each line with its lab, licence, price relative to `incumbent`, and weight among the company's choices.
LINES = {
    "amber-large": ("amber_lab", "proprietary", 1.2, 4),
    "amber-small": ("amber_lab", "proprietary", 0.4, 3),
    "amber-voice": ("amber_lab", "proprietary", 0.8, 1),
    "cedar-8": ("cedar_lab", "gated", 0.5, 2),
    "cedar-70": ("cedar_lab", "gated", 0.8, 2),
    "incumbent": ("other_lab", "proprietary", 1.0, 9),
    "incumbent-max": ("other_lab", "proprietary", 2.0, 3),
    "incumbent-mini": ("other_lab", "proprietary", 0.3, 5),
    "jade-1": ("jade_lab", "gated", 0.6, 2),
    "jade-1-mini": ("jade_lab", "gated", 0.3, 1),
    "jade-max": ("jade_lab", "proprietary", 0.8, 1),
    "lumen-2": ("lumen_lab", "open_weight", 0.6, 5),
    "lumen-api": ("lumen_lab", "proprietary", 0.7, 2),
    "onyx-code": ("onyx_lab", "proprietary", 0.5, 1),
    "onyx-pro": ("onyx_lab", "proprietary", 0.7, 2),
    "qwen-3.5": ("qwen_lab", "open_weight", 0.4, 8),
    "qwen-max": ("qwen_lab", "proprietary", 0.7, 2),
    "vega-flash": ("vega_lab", "proprietary", 0.3, 4),
    "vega-pro": ("vega_lab", "proprietary", 1.0, 5),
    "vega-vision": ("vega_lab", "proprietary", 0.9, 2),
}
DEPARTMENTS = (
    "claims",
    "finance",
    "legal",
    "logistics",
    "marketing",
    "people",
    "procurement",
    "risk",
    "sales",
    "support",
)
TASKS = ("chat", "extraction", "review", "search", "summaries", "translation")
OPEN_LINES = ("lumen-2", "qwen-3.5")


def sourced(distribution: str, row: str, kind: str) -> str:
    """A distribution with its evidence: the row of the table of base rates that it was fitted to."""
    return f"{{{distribution}, source: {row}, kind: {kind}, reviewed: 2026-11-24}}"


LEAD_DAYS = sourced(
    "lognormal: {median: 45.41, sigma: 1.358}, truncate: [0, 181.1]", "migration_time_per_workload", "mixed"
)
MOVE_COST = sourced(
    "lognormal: {median: 4278, sigma: 1.86}, truncate: [1359, 500000]", "migration_cost_per_workload", "mixed"
)
PRICE_TREND = sourced(
    "mixture: {weights: [0.25, 0.75], of: [0, {pert: [-3.315, 0, 0]}]}",
    "market_price_decline_same_model",
    "data",
)

HEADER = """\
# An enterprise: 60 workloads on 20 lines of 8 labs. Of those on closed lines a third will move to open ones.
# Made by tools/make_enterprise.py; change it there. A test compares the two.
name: enterprise
currency: USD
source: >-
  a made-up company, no data. Moves and prices: migration_time_per_workload,
  migration_cost_per_workload, market_price_decline_same_model (docs/base-rates.md),
  https://www.apmdigest.com/most-enterprises-think-they-can-switch-ai-vendors-month-most-whove-tried-couldnt
  https://claude-skills-guide-3lc.pages.dev/claude-cost-migration-switching-providers-analysis/
  https://www.evolveagility.com/surviving-it-project-cost-overruns/
  https://sage.cnpereading.com/doi/10.1177/87569728251340590
  https://a16z.com/llmflation-llm-inference-cost
  https://epoch.ai/data-insights/llm-inference-price-trends
  https://www.centerconsulting.com/ai-library/concepts/llmflation
kind: judgement
reviewed: 2026-11-24
groups: [cn_region, cn_talent, us_region, us_talent]
"""

T = TypeVar("T")


class Draws:
    """What the generator draws, from plain uniforms only."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed).random

    def choice(self, options: Sequence[T], weights: Sequence[float] | None = None) -> T:
        weights = [1.0] * len(options) if weights is None else weights
        left = self.random() * math.fsum(weights)
        for option, weight in zip(options, weights, strict=True):
            left -= weight
            if left < 0.0:
                return option
        return options[-1]

    def lognormal(self, p10: float, p90: float) -> float:
        z = NormalDist().inv_cdf(min(max(self.random(), 1e-12), 1.0 - 1e-12))
        sigma = math.log(p90 / p10) / (2.0 * NormalDist().inv_cdf(0.9))
        return math.sqrt(p10 * p90) * math.exp(sigma * z)


def tidy(number: float, digits: int = 2) -> str:
    """The number to two significant digits, as people write it."""
    return f"{float(f'{number:.{digits}g}'):g}"


def thousands(number: float) -> str:
    """An amount to two significant digits, without an exponent."""
    return f"{float(f'{number:.2g}'):.0f}"


def hosting_of(line: str, draws: Draws) -> str:
    if LINES[line][1] == "proprietary":
        return draws.choice(["vendor_api", "third_party"], [0.85, 0.15])
    return draws.choice(["self_hosted", "third_party", "vendor_api"], [0.40, 0.35, 0.25])


def fallbacks(line: str, adopted: str | None, draws: Draws) -> list[str]:
    """Two or three lines, no lab twice; the present line first if the workload is about to leave it."""
    chosen = [] if adopted is None else [line]
    labs = {LINES[name][0] for name in (line, adopted) if name is not None}
    for _ in range(draws.choice([1, 2]) + (adopted is None)):
        left = [name for name in LINES if LINES[name][0] not in labs]
        name = draws.choice(left, [LINES[name][3] for name in left])
        chosen.append(name)
        labs.add(LINES[name][0])
    return chosen


def move(line: str, draws: Draws, indent: int) -> list[str]:
    """The lines that an adoption and a fallback have in common."""
    severity = draws.choice(["0.1", "0.2", "0.3", "0.4", "0.5"])
    body = [f"lead_days: {LEAD_DAYS}", f"move_cost: {MOVE_COST}", f"severity: {severity}"]
    return [" " * indent + text for text in body]


def workload(name: str, draws: Draws) -> list[str]:
    department, task = name.split("-")
    is_known = name == "support-chat"
    line = "incumbent" if is_known else draws.choice(list(LINES), [entry[3] for entry in LINES.values()])
    hosting = "vendor_api" if is_known else hosting_of(line, draws)
    spend = 1000.0 if is_known else draws.lognormal(40.0, 1200.0)
    value = spend * draws.lognormal(3.0, 20.0)
    adopts = is_known or (LINES[line][1] == "proprietary" and draws.random() < 0.35)
    adopted = ("qwen-3.5" if is_known else draws.choice(OPEN_LINES)) if adopts else None
    lines = [
        f"  {name}:",
        f"    line: {line}",
        f"    hosting: {hosting}",
        f"    daily_spend: {thousands(spend)}",
        f"    growth: {{normal: {{mean: {tidy(0.3 * draws.random())}, sd: 0.1}}}}",
        f"    daily_value: {{lognormal: {{p10: {thousands(value / 2)}, p90: {thousands(value * 2)}}}}}",
        f"    tags: {{cost_centre: {department}, task: {task}}}",
    ]
    if adopted is not None:
        utilisation, context = tidy(0.5 + 0.5 * draws.random()), tidy(0.8 + 0.2 * draws.random())
        usage = f"{{utilisation: {utilisation}, context: {context}}}"
        day = 30 if is_known else 30 * math.ceil(8 * draws.random())
        lines += [f"    usage: {usage}", "    adoption:", f"      line: {adopted}", f"      day: {day}"]
        lines += move(adopted, draws, 6)
    policy = "cheapest" if is_known else draws.choice(["cheapest", "move", "pay"], [0.4, 0.4, 0.2])
    lines += ["    responses:", f"      policy: {policy}", "      fallbacks:"]
    for fallback in fallbacks(line, adopted, draws):
        lines += [f"        - line: {fallback}", *move(fallback, draws, 10)]
        factor = tidy(LINES[fallback][2] / LINES[line][2])
        lines += [] if factor == "1" else [f"          spend_factor: {factor}"]
    return lines


def enterprise(seed: int = SEED) -> str:
    """The text of the file."""
    lines = ["labs:"]
    lines += [f"  {name}: {{groups: [{groups}]}}" for name, (groups, _) in LABS.items()]
    lines += ["lines:"]
    for name, (lab, licence, _, _) in LINES.items():
        lines += [
            f"  {name}:",
            f"    lab: {lab}",
            f"    licence: {licence}",
            f"    releases: {{first: {LABS[lab][1]}, every_days: 120}}",
            f"    price_trend: {PRICE_TREND}",
        ]
    lines += ["workloads:"]
    draws = Draws(seed)
    for department in DEPARTMENTS:
        for task in TASKS:
            lines += workload(f"{department}-{task}", draws)
    return HEADER + "\n".join(lines) + "\n"


def main(arguments: Sequence[str]) -> int:
    if "--check" in arguments:
        return int(not TARGET.exists() or TARGET.read_text("utf-8") != enterprise())
    TARGET.write_text(enterprise(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
