"""The judge at work: it asks a model, and gives grades, checklists and preferences."""
