"""Regular expressions of schema authors: Go's syntax, matched in linear time, also run backwards."""

from chalicelib.schema.patterns.pattern import Pattern, compile_pattern
from chalicelib.schema.patterns.tree import PatternError

__all__ = ["Pattern", "PatternError", "compile_pattern"]
