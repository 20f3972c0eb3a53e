"""Migrations: numbered changes to a stage's collections and records, each applied once.

A migration is a file beside this one, ``NNNN_what_it_does.py``, with ``up()`` and ``down()``: both return
the steps to take (steps.py), in order. ``python -m chalicelib migrate`` applies them; docs/extending.md
shows how one is written.
"""
