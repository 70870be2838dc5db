"""``pytest --llm-drift``: the recorded requests asked anew, and what the answers say of the provider."""
