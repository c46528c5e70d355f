"""The shipped tables are what their generator makes of midmarket."""

from tools.make_tables import TARGET, main, tables


def test_the_files_are_what_the_generator_makes() -> None:
    assert {name: (TARGET / name).read_text("utf-8") for name in tables()} == tables()
    assert main(["--check"]) == 0
