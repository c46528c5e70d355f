"""Portfolios as CSV tables."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from simengine.config import compose, tables
from simengine.config.composition import Composition, compose_tree
from simengine.model.errors import ConfigError, Problem

LABS = "name,groups\nlab_a,talent; region\nlab_b,talent\n"
LINES = """\
name,lab,licence,releases,price_trend
open-1.5,lab_a,open_weight,2026-01-01;2026-05-01,
closed,lab_b,proprietary,"{first: 2026-01-10, every_days: 60}","{pert: [-1, 0, 0]}"
"""
WORKLOADS = """\
name,line,hosting,daily_spend,tags.cost_centre,usage.context,responses.policy,responses.fallbacks.0.line,responses.fallbacks[0].lead_days,responses.fallbacks.1.line,adoption.line,adoption.day
chat,closed,vendor_api,"{lognormal: {p10: 600, p90: 1100}}",4711,0.9,cheapest,open-1.5,30,,open-1.5,10

search,open-1.5,self_hosted,1e3,NO,,,,,,,
"""
OWN = {"portfolio/mine": "name: mine\ntables: tables\n"}
ALL = {"labs.csv": LABS, "lines.csv": LINES, "workloads.csv": WORKLOADS}

Write = Callable[..., Path]


@pytest.fixture
def own(folder: Callable[..., Path]) -> Write:
    """A folder with a portfolio of tables; changed tables are given by name, None leaves one out."""

    def write(changed: dict[str, str | None] | None = None, portfolio: str = OWN["portfolio/mine"]) -> Path:
        files = {name: text for name, text in {**ALL, **(changed or {})}.items() if text is not None}
        return folder(
            {
                "portfolio/mine": portfolio,
                **{f"portfolio/tables/{name}": text for name, text in files.items()},
            }
        )

    return write


def study_of(folder: Path, *overrides: str) -> Composition:
    return compose_tree(["portfolio=mine", "scenario=baseline", *overrides], folder)


def problems_of(folder: Path, *overrides: str) -> list[Problem]:
    with pytest.raises(ConfigError) as refused:
        study_of(folder, *overrides).study()
    return list(refused.value.problems)


def test_tables_make_the_portfolio_that_yaml_would(own: Write, folder: Callable[..., Path]) -> None:
    written = """\
        name: mine
        groups: [region, talent]
        labs: {lab_a: {groups: [talent, region]}, lab_b: {groups: [talent]}}
        lines:
          open-1.5: {lab: lab_a, licence: open_weight, releases: [2026-01-01, 2026-05-01]}
          closed:
            lab: lab_b
            licence: proprietary
            releases: {first: 2026-01-10, every_days: 60}
            price_trend: {pert: [-1, 0, 0]}
        workloads:
          chat:
            line: closed
            hosting: vendor_api
            daily_spend: {lognormal: {p10: 600, p90: 1100}}
            tags: {cost_centre: "4711"}
            usage: {context: 0.9}
            responses: {policy: cheapest, fallbacks: [{line: open-1.5, lead_days: 30}]}
            adoption: {line: open-1.5, day: 10}
          search: {line: open-1.5, hosting: self_hosted, daily_spend: 1000, tags: {cost_centre: "NO"}}
        """
    by_tables = study_of(own()).study().portfolio
    assert by_tables == study_of(folder({"portfolio/mine": written})).study().portfolio


def test_the_shipped_tables_are_midmarket() -> None:
    by_tables, by_yaml = (
        compose([f"portfolio={name}"]).canonical()["portfolio"] for name in ("tables", "midmarket")
    )
    assert {k: by_tables[k] for k in tables.KINDS} == {k: by_yaml[k] for k in tables.KINDS}


def test_a_folder_from_the_command_line_is_relative_to_the_working_directory(
    own: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = own()
    monkeypatch.chdir(folder / "portfolio")
    study = compose_tree(["portfolio=tables", "scenario=baseline", "portfolio.tables=tables"]).study()
    assert set(study.portfolio.workloads) == {"chat", "search"}


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_delimiters_and_a_byte_order_mark(delimiter: str, own: Write) -> None:
    rows = ["name,lab,licence", "open-1.5,lab_a,gated", "closed,lab_b,proprietary", ""]
    text = "\ufeff" + "\r\n".join(rows).replace(",", delimiter)
    assert study_of(own({"lines.csv": text})).study().portfolio.lines["open-1.5"].licence == "gated"


def test_a_collection_may_be_written_beside_the_tables(own: Write) -> None:
    written = "tables: tables\nlabs: {lab_a: {}, lab_b: {}}\n"
    portfolio = study_of(own({"labs.csv": None}, written)).study().portfolio
    assert set(portfolio.labs) == {"lab_a", "lab_b"}
    assert portfolio.groups == ()


@pytest.mark.parametrize(
    ("table", "text", "line", "path", "arrived"),
    [
        ("labs.csv", "", 1, "portfolio.labs", "an empty file"),
        ("labs.csv", "nam,groups\nx,\n", 1, "portfolio.labs", "no column called name"),
        ("labs.csv", "name,,groups\nx,,\n", 1, "portfolio.labs", "the column ''"),
        ("labs.csv", "name,_target_\nx,y\n", 1, "portfolio.labs", "the column '_target_'"),
        ("labs.csv", "name,a b\nx,\n", 1, "portfolio.labs", "the column 'a b'"),
        ("labs.csv", "name,groups,groups\nx,,\n", 1, "portfolio.labs", "the column groups twice"),
        (
            "labs.csv",
            "name,groups\nlab_a,\nlab_b,\nlab_a,\n",
            4,
            "portfolio.labs.lab_a",
            "lab_a again, after line 2",
        ),
        ("labs.csv", "name,groups\nlab_a,\n,talent\n", 3, "portfolio.labs", "a row without a name"),
        ("labs.csv", "name,groups\nlab_a,x,y\n", 2, "portfolio.labs", "3 cells"),
        ("labs.csv", 'name,groups\nlab_a,"x\n', 1, "portfolio.labs", "unexpected end of data"),
        (
            "lines.csv",
            LINES.replace("{pert: [-1, 0, 0]}", "1:30"),
            3,
            "portfolio.lines.closed.price_trend",
            "1:30 without quotes",
        ),
        (
            "lines.csv",
            LINES.replace("{pert: [-1, 0, 0]}", "[1"),
            3,
            "portfolio.lines.closed.price_trend",
            "did not find expected",
        ),
        (
            "lines.csv",
            LINES.replace("{pert: [-1, 0, 0]}", "&a 1"),
            3,
            "portfolio.lines.closed.price_trend",
            "the anchor &a",
        ),
        (
            "lines.csv",
            LINES.replace("{pert: [-1, 0, 0]}", "${oc.env:HOME}"),
            3,
            "portfolio.lines.closed.price_trend",
            "${oc.env:HOME}",
        ),
        (
            "workloads.csv",
            WORKLOADS.replace("fallbacks.0.line", "fallbacks.2.line"),
            2,
            "portfolio.workloads.chat.responses.fallbacks[2].line",
            "no entry 0 before it",
        ),
        (
            "workloads.csv",
            WORKLOADS.replace("usage.context", "hosting.x"),
            2,
            "portfolio.workloads.chat.hosting.x",
            "beside another column",
        ),
    ],
)
def test_what_is_refused_in_a_table(
    table: str, text: str, line: int, path: str, arrived: str, own: Write
) -> None:
    problem = problems_of(own({table: text}))[0]
    assert (Path(problem.file or "").name, problem.line, problem.path) == (table, line, path)
    assert arrived in problem.arrived
    assert problem.allowed
    assert problem.remedy


def test_problems_of_the_model_name_file_and_row(own: Write) -> None:
    text = (
        WORKLOADS.replace("vendor_api", "vendor-api")
        .replace("1e3", "-1")
        .replace("usage.context", "usage.kontext")
    )
    found = {
        problem.path: (Path(problem.file or "").name, problem.line)
        for problem in problems_of(own({"workloads.csv": text}))
    }
    assert found == {
        "portfolio.workloads.chat.hosting": ("workloads.csv", 2),
        "portfolio.workloads.chat.usage.kontext": ("workloads.csv", 2),
        "portfolio.workloads.search.daily_spend": ("workloads.csv", 4),
    }


def test_rows_over_several_lines_are_counted_right(own: Write) -> None:
    text = LABS.replace("lab_a,talent; region", 'lab_a,"talent;\n region"').replace(
        "lab_b,talent", "lab_b,talnt;;"
    )
    lines = LINES.replace("lab_b", "lab_c")
    assert problems_of(own({"labs.csv": text, "lines.csv": lines}))[0].line == 3
    assert study_of(own({"labs.csv": text})).study().portfolio.labs["lab_a"].groups == ("talent", "region")


def test_unknown_columns_are_told_once_a_column(own: Write) -> None:
    (problem,) = problems_of(own({"lines.csv": LINES.replace("licence", "license")}))
    assert (problem.path, problem.line) == ("portfolio.lines.open-1.5.license", 2)
    assert problem.remedy == "did you mean licence? (and so in 1 more row)"


@pytest.mark.parametrize(
    ("files", "portfolio", "path", "arrived", "remedy"),
    [
        ({}, "tables: 3\n", "portfolio.tables", "3", "write its name"),
        ({}, "tables: nowhere\n", "portfolio.tables", "nowhere, which is no folder", "check the name"),
        (
            {"workload.csv": "name\n"},
            "tables: tables\n",
            "portfolio.tables",
            "workload.csv",
            "did you mean workloads?",
        ),
        (dict.fromkeys(ALL), "tables: tables\n", "portfolio.tables", "which is no folder", "check"),
        ({}, "tables: tables\nlabs: {a: {}}\n", "portfolio.labs", "labs, and", "remove one of them"),
    ],
)
def test_folders_that_are_refused(
    files: dict[str, str | None], portfolio: str, path: str, arrived: str, remedy: str, own: Write
) -> None:
    (problem,) = problems_of(own(files, portfolio))
    assert problem.path == path
    assert arrived in problem.arrived
    assert remedy in problem.remedy


def test_a_folder_without_tables(own: Write, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (problem,) = problems_of(own(), f"portfolio.tables={tmp_path / 'empty'}")
    assert "without tables" in problem.arrived


def test_tables_that_are_not_text(own: Write) -> None:
    folder = own()
    (folder / "portfolio" / "tables" / "labs.csv").write_bytes(b"name\n\xff\n")
    (problem,) = problems_of(folder)
    assert "not UTF-8" in problem.arrived
    assert Path(problem.file or "").name == "labs.csv"


def test_a_table_is_capped(own: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simengine.config.table_file.MOST_VALUES", 3)
    assert "more than 3 cells" in problems_of(own())[0].arrived


def test_overrides_change_what_came_from_a_table(own: Write) -> None:
    changed = study_of(
        own(),
        "portfolio.workloads.chat.daily_spend=5",
        "portfolio.workloads.chat.responses.fallbacks.0.lead_days=7",
        "portfolio.lines.open-1.5.licence=gated",
        "+portfolio.workloads.mail={line: closed, hosting: vendor_api, daily_spend: 3}",
        "~portfolio.workloads.search",
    ).study()
    assert list(changed.portfolio.workloads) == ["chat", "mail"]
    chat = changed.portfolio.workloads["chat"]
    assert (chat.daily_spend.value, chat.responses.fallbacks[0].lead_days.value) == (5.0, 7.0)
    assert chat.responses.policy == "cheapest"
    assert changed.portfolio.lines["open-1.5"].licence == "gated"


@pytest.mark.parametrize(
    ("override", "place", "remedy"),
    [
        (
            "portfolio.workloads.chta.daily_spend=5",
            "portfolio.workloads.chta.daily_spend",
            "did you mean chat?",
        ),
        ("portfolio.workloads.chat.dayly_spend=5", "portfolio.workloads.chat.dayly_spend", "daily_spend"),
        ("portfolio.workloads.chat.responses.fallbacks.2.line=x", "fallbacks.2.line", "the whole list"),
    ],
)
def test_overrides_that_miss_a_table(override: str, place: str, remedy: str, own: Write) -> None:
    with pytest.raises(ConfigError) as refused:
        study_of(own(), override).study()
    (problem,) = refused.value.problems
    assert place in problem.path
    assert remedy in problem.remedy


def test_the_folder_may_be_an_interpolation(own: Write) -> None:
    folder = own(None, "name: tables\ntables: ${portfolio.name}\n")
    assert list(study_of(folder).study().portfolio.workloads) == ["chat", "search"]


def test_problems_with_the_folder_are_placed(own: Write) -> None:
    (problem,) = problems_of(own(None, "name: mine\ntables: nowhere\n"))
    assert (Path(problem.file or "").name, problem.line) == ("mine.yaml", 2)


def test_the_first_line_of_some_spreadsheets(own: Write) -> None:
    folder = own({"labs.csv": "sep=;\n" + LABS.replace(";", " ").replace(",", ";").replace(" region", "")})
    assert sorted(study_of(folder).study().portfolio.labs) == ["lab_a", "lab_b"]
    (problem,) = problems_of(own({"labs.csv": "sep=;\nname;groups\na;x;y\n"}))
    assert problem.line == 3


def test_a_workbook_is_told_from_a_table(own: Write) -> None:
    folder = own()
    (folder / "portfolio" / "tables" / "labs.csv").write_bytes(b"PK\x03\x04\xff\xfe")
    (problem,) = problems_of(folder)
    assert (problem.path, problem.arrived) == ("portfolio.labs", "a spreadsheet's workbook")
