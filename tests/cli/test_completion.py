"""Completion in the shell."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from simengine.cli.completion import completions
from tests.cli.conftest import Said

Run = Callable[..., Said]


LONG = ("--help", "--version", "--shell-completion")


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("simengine ", ["run", "compare", "check", "report", "status", "explain", "warmup", *LONG]),
        ("simengine c", ["compare", "check"]),
        ("/opt/bin/simengine ru", ["run"]),
        ("python -m simengine ru", ["run"]),
        ("other ru", []),
        ("simengine nonsense x", []),
        ("simengine run sc", ["scenario.", "scenario="]),
        ("simengine run scenario=cl", ["scenario=claim_fails", "scenario=claim_holds"]),
        ("simengine run portfolio=single_workload scenario=base", ["scenario=baseline"]),
        ("simengine compare strategy=proceed,p", ["strategy=proceed,pause", "strategy=proceed,pilot"]),
        ("simengine run run.se", ["run.seed="]),
        ("simengine run run.seed=", ["run.seed=7"]),
        ("simengine run run.seed=3 run.seed=", ["run.seed=3"]),
        ("simengine run portfolio.lines.qwen-3.5.li", ["portfolio.lines.qwen-3.5.licence="]),
        (
            "simengine run portfolio=single_workload portfolio.workloads.",
            ["portfolio.workloads.support-chat."],
        ),
        ("simengine run run.keep.0", ["run.keep.0="]),
        ("simengine run run.ke", ["run.keep.", "run.keep="]),
        ("simengine run ~strategy.n", ["~strategy.name="]),
        ("simengine run +dri", ["+driver@scenario.drivers."]),
        ("simengine run +driver@scenario.drivers.x=price", ["+driver@scenario.drivers.x=price_rise"]),
        ("simengine run --config", ["--config-dir", "--config-name"]),
        ("simengine run scenario=nonsense run.se", []),
        ("simengine run [", []),
        ("simengine run -cd own scenario=mi", ["scenario=mine"]),
        ("simengine run --config-dir=own scenario=mi", ["scenario=mine"]),
        ("simengine run -m --config-dir own scenario=mi", ["scenario=mine"]),
        ("simengine run -cd o", ["own/"]),
        ("simengine run output.dir=./o", ["output.dir=./own/"]),
        ("simengine status o", ["own/"]),
        ("simengine report o", ["own/"]),
        ("simengine report own/ --", ["--help", "--into", "--overwrite", "--to", "--tolerance"]),
        ("simengine report own/ --to ", ["xlsx", "html", "parquet"]),
        ("simengine report own/ --to xlsx,", ["xlsx,html", "xlsx,parquet"]),
        ("simengine report own/ --into o", ["own/"]),
        ("simengine run rep", ["report="]),
        ("simengine explain o", ["own/"]),
        ("simengine explain own --q", ["--quantile"]),
        ("simengine explain own --of o", []),
        ("simengine run -cd nowhere scenario=mi", []),
        ("simengine -sc inst", ["install=bash", "install=fish", "install=zsh"]),
    ],
)
def test_what_may_come_next(line: str, found: list[str], here: Path) -> None:
    (here / "own" / "scenario").mkdir(parents=True)
    (here / "own" / "scenario" / "mine.yaml").write_text("name: mine\n")
    assert completions(line) == found


@pytest.mark.parametrize(
    ("shell", "word"),
    [("bash", "complete -o nospace"), ("zsh", "complete -o nospace"), ("fish", "complete -c simengine")],
)
def test_scripts_to_evaluate(shell: str, word: str, simengine: Run) -> None:
    said = simengine("--shell-completion", f"install={shell}")
    assert said.status == 0
    assert word in said.out
    assert f"query={'fish' if shell == 'fish' else 'bash'}" in said.out
    assert simengine("-sc", f"uninstall={shell}").status == 0


def test_a_query_of_the_shell(simengine: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMP_LINE", "simengine c")
    assert simengine("-sc", "query=bash").out == "compare check\n"
    assert simengine("-sc", "query=fish").out == "compare\ncheck\n"
