"""Frozen values: the words of the product as types. No I/O and no clock."""
