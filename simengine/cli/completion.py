"""Completion in the shell, by Hydra's own scripts: `eval "$(simengine -sc install=bash)"`.

The scripts call `simengine -sc query=bash` with the line so far in COMP_LINE; the answers are ours, because
Hydra knows nothing of verbs. Nothing here imports Numba or xarray.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from simengine.cli.arguments import SHELLS, VERBS
from simengine.cli.failures import SUCCESS
from simengine.config.output import REPORTS
from simengine.model.errors import ConfigError, Problem
from simengine.model.wording import listed

COMMANDS = ("install", "uninstall", "query")
CONFIG_DIR = ("--config-dir", "-cd")
BEFORE_A_FOLDER = (*CONFIG_DIR, "--into")
# Verbs that take the folder of a result, and no overrides.
OF_A_RESULT = ("report", "status")


def work(asked: str) -> int:
    command, _, shell = asked.partition("=")
    if command not in COMMANDS or shell not in SHELLS:
        allowed = f"{listed(COMMANDS)}, with {listed(SHELLS)}, as in install=bash"
        remedy = 'eval "$(simengine --shell-completion install=bash)"'
        raise ConfigError([Problem("--shell-completion", asked or "nothing", allowed, remedy)])
    if command == "query":
        line = os.environ.get("COMP_LINE", "")
        found = completions(line)
        print("\n".join(found) if shell == "fish" else " ".join(found))
        return SUCCESS
    _print_script(command, shell)
    return SUCCESS


def completions(line: str) -> list[str]:
    """What the last word of a command line may become."""
    words = line.split()
    last = "" if not line or line[-1].isspace() else words.pop()
    arguments = _after_program(words)
    if arguments is None:
        return []
    if not arguments:
        return [
            word for word in (*VERBS, "--help", "--version", "--shell-completion") if word.startswith(last)
        ]
    verb, before = arguments[0], arguments[1:]
    if verb in ("-sc", "--shell-completion"):
        return [
            f"{command}={shell}"
            for command in COMMANDS
            for shell in SHELLS
            if f"{command}={shell}".startswith(last)
        ]
    if verb not in VERBS:
        return []
    if before and before[-1] in BEFORE_A_FOLDER:
        return _folders(last)
    if before and before[-1] == "--to":
        return _forms(last)
    if verb in OF_A_RESULT and not last.startswith("-"):
        return _folders(last)
    if last.startswith("-"):
        return [option for option in _options(verb) if option.startswith(last)]
    if verb == "explain":
        return [] if before and before[-1].startswith("--") else _folders(last)
    key, equals, value = last.partition("=")
    if equals and value.startswith((".", "/", "~")):
        return [f"{key}={folder}" for folder in _folders(value)]
    from simengine.config.completing import candidates

    return candidates(last, _overrides(before), _config_dir(before))


def _after_program(words: Sequence[str]) -> list[str] | None:
    """The arguments after `simengine`, or after `python -m simengine`."""
    for position, word in enumerate(words):
        if os.path.basename(word) == "simengine":
            return list(words[position + 1 :])
    return None


def _options(verb: str) -> list[str]:
    parser = VERBS[verb].parser(verb)
    return sorted(option for option in parser._option_string_actions if option.startswith("--"))


def _forms(word: str) -> list[str]:
    """The forms of report that may follow in a list such as xlsx,html."""
    *done, last = word.split(",")
    head = "".join(f"{form}," for form in done)
    return [f"{head}{form}" for form in REPORTS if form.startswith(last) and form not in done]


def _overrides(before: Sequence[str]) -> list[str]:
    """The words that are overrides: neither options nor their values."""
    taking_a_value = {"--config-dir", "-cd", "--config-name", "-cn", "--cfg", "-c", "--package", "-p"}
    pairs = zip(["", *before], before, strict=False)
    return [word for previous, word in pairs if not word.startswith("-") and previous not in taking_a_value]


def _config_dir(before: Sequence[str]) -> str | None:
    for previous, word in zip(["", *before], before, strict=False):
        name, _, joined = word.partition("=")
        if previous in CONFIG_DIR:
            return os.path.expanduser(word)
        if joined and name in CONFIG_DIR:
            return os.path.expanduser(joined)
    return None


def _folders(word: str) -> list[str]:
    folder, start = os.path.split(word)
    try:
        names = sorted(os.listdir(os.path.expanduser(folder) or "."))
    except OSError:
        return []
    found = [os.path.join(folder, name) for name in names if name.startswith(start)]
    shown = [path for path in found if start.startswith(".") or not os.path.basename(path).startswith(".")]
    return [f"{path}/" for path in shown if os.path.isdir(os.path.expanduser(path))]


def _print_script(command: str, shell: str) -> None:
    from hydra._internal.core_plugins.bash_completion import BashCompletion
    from hydra._internal.core_plugins.fish_completion import FishCompletion

    # Zsh runs the script for Bash.
    plugin = (FishCompletion if shell == "fish" else BashCompletion)(config_loader=None)  # pyright: ignore
    before = sys.argv
    # Hydra names the command after argv[0]; `python -m simengine` must not complete python.
    sys.argv = ["simengine"]
    try:
        plugin.install() if command == "install" else plugin.uninstall()
    finally:
        sys.argv = before
