"""Says whether a review is positive, by a prompt, and reads what the model answers."""

import re

PARAMS = {"temperature": 1, "max_tokens": 8}
REVIEWS = {
    "kind staff": "The food was wonderful and the staff were kind.",
    "lovely evening": "A lovely evening, we will come back.",
    "best pizza": "The best pizza in town, and a warm welcome.",
}


def prompt(review):
    return f"Is this review positive or negative? Answer with one word.\n\nReview: {review}\nAnswer:"


def label(response):
    """Return "positive" or "negative", whichever the answer names first; "" when it names neither."""
    found = re.search(r"positive|negative", response.text.lower())
    return found[0] if found else ""
