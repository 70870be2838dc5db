"""Samples: several answers to one request, and what can be said of them with their uncertainty."""
