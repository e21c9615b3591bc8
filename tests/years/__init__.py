"""A whole year, lived."""
