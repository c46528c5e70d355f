"""What results say: summaries, comparisons, and what a scenario implies."""
