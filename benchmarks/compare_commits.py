"""Is this commit faster than that one? Both, interleaved, in one run on one machine.

    python benchmarks/compare_commits.py main
    python benchmarks/compare_commits.py v0.1.0 --head HEAD~3 --rounds 7 --paths 200000

Each commit is checked out in a temporary work tree and runs in fresh processes of this interpreter, with
the dependencies installed here. Base and head take turns: a machine that grows warm or busy slows both.
The ratio of the medians is printed with the range of the single pairs: if 1 is within, nothing is shown.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Runs inside each work tree: only what both commits have, and one line of JSON as its answer.
MEASURE = """
import json, sys, time
began = time.perf_counter()
import simengine
imported = time.perf_counter() - began
n_paths, overrides = int(sys.argv[1]), sys.argv[2:]
small = simengine.compose([*overrides, "run.n_paths=1000"])
began = time.perf_counter()
simengine.simulate(small)
first = time.perf_counter() - began
study = simengine.compose([*overrides, f"run.n_paths={n_paths}"])
began = time.perf_counter()
simengine.simulate(study)
print(json.dumps({"import": imported, "first 1,000 paths": first, "run": time.perf_counter() - began}))
"""


def git(*arguments: str) -> str:
    return subprocess.run(
        ["git", "-C", str(ROOT), *arguments], check=True, capture_output=True, text=True
    ).stdout.strip()


def measure(tree: Path, n_paths: int, overrides: list[str]) -> dict[str, float]:
    # A cache of its own, beside the tree: compiled code knows where its source lay, and would be left behind.
    cache = str(tree.with_name(f"{tree.name}-compiled"))
    environment = {
        **os.environ, "PYTHONPATH": str(tree), "PYTHONSAFEPATH": "1", "NUMBA_CACHE_DIR": cache,
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(n_paths), *overrides],
        cwd=tree,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{tree.name}: {done.stderr.strip()}")
    return json.loads(done.stdout.splitlines()[-1])


def report(times: dict[str, list[dict[str, float]]], n_paths: int) -> str:
    lines = [f"{'':20} {'base':>10} {'head':>10}   head/base (range of the pairs)"]
    for what in times["base"][0]:
        base, head = ([one[what] for one in times[side]] for side in ("base", "head"))
        ratio = statistics.median(head) / statistics.median(base)
        pairs = sorted(h / b for h, b in zip(head, base, strict=True))
        lines.append(
            f"{what:20} {statistics.median(base):8.3f} s {statistics.median(head):8.3f} s   "
            f"{ratio:.3f} ({pairs[0]:.3f} to {pairs[-1]:.3f})"
        )
    rates = (n_paths / statistics.median(one["run"] for one in times[side]) for side in ("base", "head"))
    lines.append(f"{'paths/s':20} " + " ".join(f"{rate:10,.0f}" for rate in rates))
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("base", help="commit to compare with")
    parser.add_argument("--head", default="HEAD", help="commit that is compared (default: HEAD)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--paths", type=int, default=200_000)
    parser.add_argument("overrides", nargs="*", help="configuration overrides, after --")
    arguments = parser.parse_args()
    overrides = arguments.overrides or ["portfolio=midmarket", "scenario=quiet_exit"]
    times: dict[str, list[dict[str, float]]] = {"base": [], "head": []}
    with tempfile.TemporaryDirectory(prefix="simengine-compare-") as folder:
        trees = {side: Path(folder) / side for side in times}
        try:
            for side, commit in (("base", arguments.base), ("head", arguments.head)):
                git("worktree", "add", "--detach", str(trees[side]), commit)
                print(f"{side}: {git('log', '-1', '--format=%h %s', commit)}")
                measure(trees[side], 1_000, overrides)  # compiles
            for turn in range(arguments.rounds):
                for side in ("base", "head") if turn % 2 == 0 else ("head", "base"):
                    times[side].append(measure(trees[side], arguments.paths, overrides))
        finally:
            for tree in trees.values():
                subprocess.run(
                    ["git", "-C", str(ROOT), "worktree", "remove", "--force", str(tree)],
                    check=False,
                    capture_output=True,
                )
    print(report(times, arguments.paths))


if __name__ == "__main__":
    main()
