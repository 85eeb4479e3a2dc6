"""Figures: one kind of picture a file, in one house style; `ssbflow.plot` is their surface."""
