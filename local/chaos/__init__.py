"""Hundreds of tasks while everything goes wrong, and an audit of what became of them."""
