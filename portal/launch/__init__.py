"""Starts the portal on a bare machine: Python's standard library only, since nothing else is there yet."""
