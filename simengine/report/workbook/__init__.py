"""report.xlsx: a result as finance reads it."""
