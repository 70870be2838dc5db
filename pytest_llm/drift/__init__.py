"""Has the provider changed: fresh draws against a baseline, the evidence, and the verdict. It calls no model itself."""
