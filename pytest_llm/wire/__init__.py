"""Interception of HTTP at the transport seam, one file per HTTP stack; knows no provider."""
