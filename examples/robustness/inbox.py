"""Sorts the messages of a shop's customers by what they are about."""

from openai import OpenAI

PARAMS = {"temperature": 0, "max_tokens": 6}


def topic_prompt(message: str) -> str:
    return (
        f"Message: I want my money back.\nTopic: refund\n\nMessage: Where is my parcel?\nTopic: delivery\n\n"
        f"Message: {message}\nTopic:"
    )


def topic(message: str) -> str:
    """Return one word: refund, delivery, or what else the model makes of it."""
    asked = [{"role": "user", "content": topic_prompt(message)}]
    completion = OpenAI().chat.completions.create(model="smollm2-135m", messages=asked, **PARAMS)
    words = (completion.choices[0].message.content or "").split()
    return words[0].strip(".,:*\"'").lower() if words else ""
