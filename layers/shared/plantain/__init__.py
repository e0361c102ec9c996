"""Plantain: one image-generation API in front of several task providers."""
