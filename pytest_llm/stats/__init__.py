"""Statistics of outcomes and scores: arrays in, values out; nothing here knows a model or pytest."""
