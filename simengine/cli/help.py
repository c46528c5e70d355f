"""What `simengine --help` says."""

from __future__ import annotations

import textwrap

DRIVERS = "driver"

EXAMPLES = {
    "run": """\
examples:
  simengine run
  simengine run portfolio=single_workload scenario=claim_fails run.n_paths=1e6 run.seed=7
  simengine run --config-dir my_conf portfolio=mine output.dir=results/mine
  simengine run report=[xlsx,html,parquet]
  simengine run -m scenario=baseline,quiet_exit 'run.seed=range(1,4)'""",
    "compare": """\
examples:
  simengine compare strategy=proceed,pause,pilot,clauses
  simengine compare strategy=proceed,pause scenario=leadership_exit run.n_paths=1e6""",
    "check": """\
examples:
  simengine check scenario=quiet_exit
  simengine check --config-dir my_conf portfolio=mine scenario=mine""",
    "report": """\
examples:
  simengine report outputs/FOLDER
  simengine report outputs/FOLDER --to xlsx,html --into for_the_board""",
}


def overview() -> str:
    """The help of `simengine` itself."""
    from simengine import __version__
    from simengine.cli.arguments import VERBS

    verbs = "\n".join(f"  {name:9}{verb.line}" for name, verb in VERBS.items())
    return f"""\
simengine {__version__}: what may it cost to run AI workloads on models that other people publish?

usage: simengine VERB [OPTION...] [OVERRIDE...]

{verbs}

simengine VERB --help says more. Besides:
  --version
  --shell-completion install=bash|zsh|fish    prints what to evaluate: eval "$(simengine -sc install=bash)"

{groups_help()}

{EXAMPLES["run"]}"""


def groups_help() -> str:
    """The groups of the shipped configuration, and what may be chosen in each."""
    from simengine.config.folders import groups, options, shipped_folder

    roots = (shipped_folder(),)
    lines = ["choices (GROUP=NAME), to which --config-dir adds your own:"]
    # Drivers are not chosen but put into a scenario; they come last.
    for group in sorted(groups(roots), key=lambda group: (group == DRIVERS, group)):
        if group == DRIVERS:
            lines.append("drivers to add to a scenario (+driver@scenario.drivers.NAME=FILE):")
        names = textwrap.fill(
            f"{group:10} {', '.join(options(roots, group))}",
            width=100,
            initial_indent="  ",
            subsequent_indent=" " * 13,
            break_on_hyphens=False,
        )
        lines.append(names)
    return "\n".join(lines)
