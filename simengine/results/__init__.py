"""Results: labelled, documented, hashed, and stored whole or not at all."""
