"""What stands on the right side of ``==``."""
