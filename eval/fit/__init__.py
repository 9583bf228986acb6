"""Fits weights and trains the bundled models."""
