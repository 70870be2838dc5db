"""Sorts the messages of a shop's customers by what they are about."""

from functools import cache

from openai import OpenAI

PARAMS = {"temperature": 0.7, "max_tokens": 4}
SORTED = [
    ("I want my money back.", "refund"),
    ("Where is my parcel?", "delivery"),
    ("Please return what I paid for the lamp.", "refund"),
    ("The courier has not come.", "delivery"),
    ("You took too much from my card.", "refund"),
    ("My box went to the wrong house.", "delivery"),
]
TASK = "Sort each message of a customer. Answer with one word: refund or delivery."


@cache
def client() -> OpenAI:
    return OpenAI()


def topic(message: str) -> str:
    """Return one word: refund, delivery, or what else the model makes of it."""
    asked = [{"role": "system", "content": TASK}]
    for shown, its_topic in SORTED:
        asked += [{"role": "user", "content": shown}, {"role": "assistant", "content": its_topic}]
    asked.append({"role": "user", "content": message})
    completion = client().chat.completions.create(model="smollm2-135m", messages=asked, **PARAMS)
    words = (completion.choices[0].message.content or "").split()
    return words[0].strip(".,:*\"'").lower() if words else ""
