"""The text of errors."""

import pickle

from simengine.model.errors import ConfigError, InternalError, Problem, SimengineError


def test_a_problem_says_place_arrival_allowance_and_remedy():
    problem = Problem("run.n_paths", "1.5", "a whole number", "write 1 or 2", "my.yaml", 12)
    assert str(problem) == (
        "run.n_paths (my.yaml:12)\n  arrived: 1.5\n  allowed: a whole number\n  mend it: write 1 or 2"
    )


def test_all_problems_are_printed():
    error = ConfigError([Problem("a", "1", "2", "3"), Problem("b", "4", "5", "6")])
    assert str(error).startswith("2 problems in the configuration\n\na\n")
    assert "\n\nb\n" in str(error)
    assert isinstance(error, SimengineError)
    assert isinstance(error, ValueError)


def test_names_cannot_steer_the_terminal():
    assert "\x1b" not in str(ConfigError([Problem("a\x1b[2J", "\x1b]0;x\x07", "", "")]))


def test_errors_cross_processes():
    error = ConfigError([Problem("a", "1", "2", "3")])
    assert pickle.loads(pickle.dumps(error)).problems == error.problems


def test_an_internal_error_says_what_to_report():
    text = str(InternalError("NaN out of the ledger at path 7"))
    assert "NaN out of the ledger at path 7" in text
    assert "report" in text


def test_a_result_is_no_configuration():
    of_result = Problem("result", "nothing there", "a result", "check the path")
    assert str(ConfigError([of_result])).startswith("1 problem with the result\n")
    mixed = [of_result, Problem("run.seed", "-1", "0 or more", "write 0")]
    assert str(ConfigError(mixed)).startswith("2 problems in the configuration\n")
