"""Prospects: a small backend that never migrates its own database."""
