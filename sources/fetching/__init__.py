"""Fetching from the publishers: which files there are, what changed, and how they come here politely."""
