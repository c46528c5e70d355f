"""The assumptions of a study: its figures, likes together, each with its evidence."""

from __future__ import annotations

import simengine
from simengine.analysis.assumptions import assumptions
from simengine.model.study import Study

ON_X = {"line": "x", "hosting": "vendor_api"}
TREE = {
    "portfolio": {
        "source": "books", "kind": "data", "reviewed": "2026-11-24",
        "labs": {"l": {}},
        "lines": {"x": {"lab": "l", "licence": "gated"}, "y": {"lab": "l", "licence": "gated"}},
        "workloads": {
            "a": {**ON_X, "daily_spend": 3, "growth": {"value": 0.1, "kind": "judgement"}},
            "b": {**ON_X, "daily_spend": {"pert": [1, 2, 3]}, "source": "invoice"},
            "c": {**ON_X, "daily_spend": 4},
        },
    },
    "scenario": {
        "drivers": {
            "d": {
                "scope": "lab", "owner": "risk", "hazard": {"rate": 0.5, "at_most": 2},
                "outcomes": {"o": {"effects": [{"one_off": {"amount": 7}, "source": "guess"}]}},
            }
        }
    },
    "run": {"start": "2026-01-01", "horizon_days": 365},
}  # fmt: skip


def test_figures_with_their_values_and_evidence() -> None:
    found = {
        (one.part, one.field, one.evidence.source, one.evidence.kind, one.evidence.owner): one.values
        for one in assumptions(Study.from_mapping(TREE))
    }
    assert found == {
        ("portfolio", "workloads.*.daily_spend", "books", "data", None): ("3", "4"),
        ("portfolio", "workloads.*.growth", "books", "judgement", None): ("0.1",),
        ("portfolio", "workloads.*.daily_spend", "invoice", "data", None): ("pert: [1, 2, 3]",),
        ("scenario", "drivers.d.hazard.rate", None, None, "risk"): ("0.5",),
        ("scenario", "drivers.d.hazard.at_most", None, None, "risk"): ("2",),
        ("scenario", "drivers.d.outcomes.o.effects[0].one_off.amount", "guess", None, "risk"): ("7",),
    }


def test_every_shipped_figure_has_source_and_kind() -> None:
    study = simengine.compose(["scenario=quiet_exit", "strategy=full_contract"])
    found = assumptions(study)
    assert len(found) > 60
    assert all(one.evidence.source and one.evidence.kind and one.evidence.reviewed for one in found)
