"""The same study with nothing happening: what every path needs, and no occurrence."""

from __future__ import annotations

from simengine.model.study import Study

# So many occurrences a year that none will ever be seen, and every draw is made all the same.
NEARLY_NEVER = 1e-12
FACTOR = "nothing_happens"


def without_occurrences(study: Study) -> Study:
    """Every rate times a constant next to 0, no history, and no dates; planned moves and their claims stay.

    Parameters, first times and planned moves are drawn as they were: the addresses of draws have not changed.
    """
    tree = study.canonical()
    scenario = tree["scenario"]
    scenario["factors"] = {**scenario.get("factors", {}), FACTOR: NEARLY_NEVER}
    for driver in scenario["drivers"].values():
        driver["history"] = []
        hazard = driver["hazard"]
        if "rate" in hazard:
            hazard["scaled_by"] = [*hazard.get("scaled_by", []), FACTOR]
        elif hazard["at"] != "adoption":
            hazard["probability"] = 0.0
    return Study.from_mapping(tree)
