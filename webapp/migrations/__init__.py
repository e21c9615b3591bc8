"""Migrations, inside the package: the top level is fixed."""
