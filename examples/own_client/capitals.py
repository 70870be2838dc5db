"""An application that builds its own client, from the environment, as most do."""

import re

from openai import OpenAI

MODEL = "smollm2-135m"


def ask(question: str) -> str:
    with OpenAI() as client:
        completion = client.chat.completions.create(
            model=MODEL,
            messages=[{"role": "user", "content": question}],
            temperature=0,
            max_tokens=24,
        )
    return completion.choices[0].message.content or ""


def capital_of(country: str) -> str:
    """Return the capital's name; raises ``ValueError`` when the answer does not name one."""
    answer = ask(f"What is the capital of {country}? Answer with the name of the city.")
    match = re.fullmatch(rf"The capital of {country} is ([\w ]+)\.", answer)
    if match is None:
        raise ValueError(f"no capital in the answer {answer!r}")
    return match[1]
