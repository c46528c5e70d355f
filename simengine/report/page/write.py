"""The page as a file: one copy of everything in it, nothing fetched, nothing of the study's texts run."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

from simengine.report.extras import check_installed
from simengine.report.page.blocks import Chart, Page
from simengine.report.page.chapter import chapter
from simengine.report.page.comparison import comparison
from simengine.report.page.provenance import provenance
from simengine.report.run import extent
from simengine.results.dataset import Result

TEMPLATES = "template"
PURPOSE = "report.html"


def write_page(result: Result, file: Path) -> None:
    """Write report.html of a run or a comparison.

    Parameters
    ----------
    result
        Of one strategy or of several; what it did not keep is left out, with a line that says which entry of
        `run.keep` would show it.
    file
        Where to; replaced if it exists.

    Raises
    ------
    ConfigError
        If the extra `report` is not installed.
    """
    file.write_bytes(page_bytes(result))


def page_bytes(result: Result) -> bytes:
    """The page's text, as UTF-8."""
    check_installed(("jinja2", "plotly"), PURPOSE)
    import jinja2
    from plotly.offline import get_plotlyjs

    page = compose(result)
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.policies["json.dumps_kwargs"] = {"allow_nan": False, "separators": (",", ":")}
    sources = {name: _source(name) for name in ("page.css", "page.js")}
    scripts = {"plotly": get_plotlyjs(), "own": sources["page.js"]}
    template = environment.from_string(_source("page.html.jinja"))
    text = template.render(
        page=page,
        figures={chart.id: chart.spec for chart in charts(page)},
        css=sources["page.css"],
        scripts=scripts,
        policy=_policy(scripts.values()),
    )
    return text.encode()


def compose(result: Result) -> Page:
    """What the page tells, without mark-up."""
    attrs = result.attrs
    compared = "strategy" in result.coords
    if compared:
        names = result.labels("strategy")
        chapters = []
        for k, name in enumerate(names):
            own = result.of_strategy(name)
            chapters.append(chapter(_named(own, name), f"s{k}", result))
    else:
        chapters = [chapter(result, "s0")]
    strategies = str(attrs["strategy"])
    played = f"strategies {strategies}" if compared else f"strategy {strategies}"
    return Page(
        title=f"{attrs['portfolio']} under {attrs['scenario']}",
        subtitle=played,
        extent=extent(attrs),
        comparison=comparison(result) if compared else None,
        chapters=chapters,
        provenance=provenance(attrs),
    )


def _named(result: Result, strategy: str) -> Result:
    return Result(result.arrays, result.coords, {**result.attrs, "strategy": strategy}, result.codes)


def charts(page: Page) -> Iterator[Chart]:
    """Every chart of the page."""
    sections = [
        *([page.comparison] if page.comparison else []),
        *(s for c in page.chapters for s in c.sections),
    ]
    for section in sections:
        yield from (block for block in section.blocks if isinstance(block, Chart))


def _source(name: str) -> str:
    return resources.files(__package__).joinpath(TEMPLATES, name).read_text("utf-8")


def _policy(scripts: Any) -> str:
    """The page's content security policy: these scripts by their hash, own styles, and no request at all."""
    hashes = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    allowed = " ".join(f"'sha256-{digest}'" for digest in hashes)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )
