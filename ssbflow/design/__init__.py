"""Choosing a design and writing down how to make it."""
