"""Statistics as plain functions: arrays and numbers in, frozen values out; nothing here knows a test or a model."""
