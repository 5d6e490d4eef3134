"""The pack that `nowboard init` writes."""
