"""What may be written after `simengine`: a verb, options in Hydra's spelling, and overrides."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NoReturn

from simengine.cli.failures import SUCCESS, USERS_MISTAKE, complain
from simengine.cli.help import EXAMPLES, groups_help, overview
from simengine.model.wording import did_you_mean

SHELLS = ("bash", "fish", "zsh")


@dataclass(frozen=True)
class Arguments:
    """A command, as far as it can be understood without reading any configuration."""

    verb: str
    work: Callable[[Arguments], int]
    overrides: tuple[str, ...] = ()
    folder: str = ""
    config_dir: str | None = None
    config_name: str = "config"
    multirun: bool = False
    cfg: str | None = None
    package: str | None = None
    resolve: bool = False
    info: bool = False
    shell_completion: str = ""
    to: str = ""
    into: str = ""
    overwrite: bool = False
    tolerance: str | None = None
    path: str | None = None
    quantile: str | None = None
    of: str | None = None
    strategy: str | None = None
    all: bool = False


def parse(argv: Sequence[str]) -> Arguments:
    """The command of an argument list; exits with help, the version or a complaint."""
    if not argv:
        print(overview(), file=sys.stderr)
        raise SystemExit(USERS_MISTAKE)
    verb, rest = argv[0], list(argv[1:])
    if verb in VERBS:
        return VERBS[verb].read(verb, rest)
    if verb in ("-h", "--help"):
        print(overview())
        raise SystemExit(SUCCESS)
    if verb == "--version":
        from simengine import __version__

        print(f"simengine {__version__}")
        raise SystemExit(SUCCESS)
    name, _, joined = verb.partition("=")
    if name in ("-sc", "--shell-completion", "--shell_completion"):
        return Arguments("", _completion, shell_completion="=".join(filter(None, (joined, *rest))))
    remedy = did_you_mean(verb, VERBS)
    if not remedy and ("=" in verb or verb.startswith("-")):
        remedy = f"the verb comes first: simengine run {' '.join(argv)}"
    complain(f"{verb} is none of {', '.join(VERBS)}; {remedy or 'see simengine --help'}")
    raise SystemExit(USERS_MISTAKE)


@dataclass(frozen=True)
class Verb:
    """A verb, what it does in a line and in a paragraph, and what may follow it."""

    work: Callable[[Arguments], int]
    line: str
    about: str
    options: tuple[Callable[[argparse.ArgumentParser], object], ...]

    def read(self, verb: str, rest: Sequence[str]) -> Arguments:
        parser = self.parser(verb)
        read = parser.parse_intermixed_args(_joined(rest))
        if (getattr(read, "package", None) or getattr(read, "resolve", False)) and not read.cfg:
            parser.error(f"{'--package' if read.package else '--resolve'} goes with --cfg job")
        return Arguments(
            verb, self.work, **{**vars(read), "overrides": tuple(getattr(read, "overrides", ()))}
        )

    def parser(self, verb: str) -> argparse.ArgumentParser:
        parser = _Parser(
            prog=f"simengine {verb}",
            description=self.about,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            epilog=EXAMPLES.get(verb, ""),
            allow_abbrev=False,
        )
        parser.composes = _overrides in self.options
        for add in self.options:
            add(parser)
        return parser


class _Parser(argparse.ArgumentParser):
    composes = False

    def error(self, message: str) -> NoReturn:
        if message.startswith("unrecognized arguments: --"):
            message += "; a value is set without dashes, as in run.n_paths=1e6"
        self.print_usage(sys.stderr)
        complain(f"{message} (see {self.prog} --help)")
        raise SystemExit(USERS_MISTAKE)

    def format_help(self) -> str:
        # Reads folders: only when help is asked for.
        if self.epilog and self.composes:
            self.epilog = f"{groups_help()}\n\n{self.epilog}"
        return super().format_help()


def _joined(arguments: Sequence[str]) -> list[str]:
    """`-cd=my_conf` as argparse knows it: a short option of two letters takes no =."""
    found: list[str] = []
    for argument in arguments:
        name, equals, value = argument.partition("=")
        found += [name, value] if equals and name in ("-cd", "-cn") else [argument]
    return found


def _overrides(parser: argparse.ArgumentParser) -> None:
    help_text = "GROUP=NAME chooses a file, KEY=VALUE changes a value (also +KEY=VALUE, ~KEY)"
    parser.add_argument("overrides", nargs="*", metavar="OVERRIDE", help=help_text)
    help_text = "a folder of your own with portfolio/, scenario/ and the like, searched first"
    parser.add_argument("--config-dir", "-cd", metavar="DIR", help=help_text)
    help_text = "the file to begin with (default: config)"
    parser.add_argument("--config-name", "-cn", metavar="NAME", default="config", help=help_text)


def _configuration(parser: argparse.ArgumentParser) -> None:
    help_text = "print the composed configuration, and do nothing else"
    parser.add_argument("--cfg", "-c", choices=["job"], help=help_text)
    parser.add_argument("--package", "-p", metavar="KEY", help="with --cfg: only what stands under KEY")
    help_text = "with --cfg: with interpolations replaced by their values"
    parser.add_argument("--resolve", action="store_true", help=help_text)
    help_text = "print the folders searched and the files composed, and do nothing else"
    parser.add_argument("--info", "-i", action="store_true", help=help_text)


def _multirun(parser: argparse.ArgumentParser) -> None:
    help_text = "run once for each combination of values: KEY=A,B, KEY=range(1,4), GROUP=glob(*)"
    parser.add_argument("--multirun", "-m", action="store_true", help=help_text)


def _folder(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="FOLDER", help="a result folder")


def _reports(parser: argparse.ArgumentParser) -> None:
    help_text = "which reports, separated by commas: xlsx, html, parquet (default: all of them)"
    parser.add_argument("--to", metavar="FORMS", default="", help=help_text)
    help_text = "where to (default: the result's own folder)"
    parser.add_argument("--into", metavar="FOLDER", default="", help=help_text)
    help_text = "replace reports that lie there already"
    parser.add_argument("--overwrite", action="store_true", help=help_text)
    help_text = "mark figures with an error above this part of them (default: 0.05; as output.tolerance)"
    parser.add_argument("--tolerance", metavar="PART", help=help_text)


def _a_path(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--path", metavar="NUMBER", help="the path of this number")
    help_text = "the path at this quantile, between 0 and 1, of the variable that --of names"
    parser.add_argument("--quantile", metavar="LEVEL", help=help_text)
    help_text = "a variable with one number a path (default: total_cost)"
    parser.add_argument("--of", metavar="VARIABLE", help=help_text)
    parser.add_argument("--strategy", metavar="NAME", help="of a comparison: which strategy")
    help_text = "tell each occurrence; those that changed little are otherwise told together"
    parser.add_argument("--all", action="store_true", help=help_text)


# Each imports its module when it is called: help and completion must not pay for a simulation.


def _run(arguments: Arguments) -> int:
    from simengine.cli import run

    return run.work(arguments)


def _compare(arguments: Arguments) -> int:
    from simengine.cli import compare

    return compare.work(arguments)


def _check(arguments: Arguments) -> int:
    from simengine.cli import check

    return check.work(arguments)


def _report(arguments: Arguments) -> int:
    from simengine.cli import report

    return report.work(arguments)


def _status(arguments: Arguments) -> int:
    from simengine.cli import status

    return status.work(arguments)


def _explain(arguments: Arguments) -> int:
    from simengine.cli import explain

    return explain.work(arguments)


def _warmup(arguments: Arguments) -> int:
    from simengine.cli import warmup

    return warmup.work(arguments)


def _completion(arguments: Arguments) -> int:
    from simengine.cli import completion

    return completion.work(arguments.shell_completion)


VERBS: dict[str, Verb] = {
    "run": Verb(
        _run,
        "simulate a study and write its result",
        "Simulate a study: a portfolio under a scenario with a strategy. Prints cost and disruption\n"
        "exposure with their Monte Carlo error, and writes a result folder.",
        (_overrides, _multirun, _configuration),
    ),
    "compare": Verb(
        _compare,
        "play several strategies on the same futures",
        "Simulate several strategies on the same draws, strategy=A,B,C, and print each of them and the\n"
        "paired differences to the first. Writes a result folder.",
        (_overrides, _multirun, _configuration),
    ),
    "check": Verb(
        _check,
        "validate a study and show what its scenario implies",
        "Validate a study without running it. Prints what each driver implies (chance in a year, expected\n"
        "number, cost and disruption of one occurrence) and where each default comes from.",
        (_overrides, _configuration),
    ),
    "report": Verb(
        _report,
        "write a spreadsheet, a page and a table from a result",
        "Write reports of a result folder, from a run or a comparison: report.xlsx for finance, report.html\n"
        "for a browser, percentiles.parquet for programs. The result itself is not changed.",
        (_folder, _reports),
    ),
    "status": Verb(
        _status,
        "say whether a result is whole, and what made it",
        "Say whether a result folder is whole (every file is compared with its hash), and what made it.",
        (_folder,),
    ),
    "explain": Verb(
        _explain,
        "tell one path of a result as a dated story",
        "Play one path of a result again, and tell what struck whom, how each workload answered and what it\n"
        "cost. The path's stored numbers must come out the same to the last bit.\n\n"
        "  simengine explain outputs/FOLDER --path 123\n"
        "  simengine explain outputs/FOLDER --quantile 0.99 --of total_cost",
        (_folder, _a_path),
    ),
    "warmup": Verb(
        _warmup,
        "compile the kernels now, and keep them",
        "Compile the kernels now, so that no later run waits for it: in an image, or before a cluster\n"
        "starts many jobs. They are kept in NUMBA_CACHE_DIR, or in the user's cache folder.",
        (),
    ),
}
