"""Pages to look at, written once, and the browser that looks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import simengine
from simengine.report.page import write_page
from simengine.results.dataset import Result
from simengine.results.simulation import play
from tests.report.page.chromium import Chromium, chromium
from tests.report.page.hostile import hostile_comparison, hostile_result
from tests.results.synthetic import small_comparison, small_result


def simulated() -> Result:
    """A run that can be played again: the others are made up."""
    keep = "run.keep=[totals,by_workload,by_component,by_period,by_driver,by_workload_driver,by_year]"
    return play(
        simengine.compose(["portfolio=single_workload", "run.n_paths=200", "run.period=quarter", keep])
    )


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Files of a run, a comparison, a run that kept little, and names that attack."""
    folder = tmp_path_factory.mktemp("pages")
    made = {
        "simulated": simulated(),
        "run": small_result(),
        "comparison": small_comparison(),
        "totals": small_result(keep=["totals"]),
        "hostile": hostile_result(),
        "hostile_comparison": hostile_comparison(),
    }
    files = {name: folder / f"{name}.html" for name in made}
    for name, result in made.items():
        write_page(result, files[name])
    return files


@pytest.fixture(scope="session")
def session_browser() -> Iterator[Chromium]:
    with chromium() as started:
        yield started


@pytest.fixture
def browser(session_browser: Chromium) -> Chromium:
    """On a wide, light screen."""
    session_browser.look()
    return session_browser
