"""The numbers behind each chart, with their errors: what the page and `simengine.plot` both draw."""
