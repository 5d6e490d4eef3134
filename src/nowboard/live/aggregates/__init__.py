"""One file per aggregate: add, merge, value."""
