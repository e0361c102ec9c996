"""Four image providers on one machine, as their pages describe them, and as they misbehave."""
