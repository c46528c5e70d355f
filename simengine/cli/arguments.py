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
        for add in self.options:
            add(parser)
        return parser


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        complain(f"{message} (see {self.prog} --help)")
        raise SystemExit(USERS_MISTAKE)

    def format_help(self) -> str:
        # Reads folders: only when help is asked for.
        if self.epilog:
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


def _status(arguments: Arguments) -> int:
    from simengine.cli import status

    return status.work(arguments)


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
    "status": Verb(
        _status,
        "say whether a result is whole, and what made it",
        "Say whether a result folder is whole (every file is compared with its hash), and what made it.",
        (_folder,),
    ),
    "warmup": Verb(
        _warmup,
        "compile the kernels now, and keep them",
        "Compile the kernels now, so that no later run waits for it: in an image, or before a cluster\n"
        "starts many jobs. They are kept in NUMBA_CACHE_DIR, or in the user's cache folder.",
        (),
    ),
}
