"""Reads a person's data out of a text, as a pydantic model."""

from openai import OpenAI
from pydantic import BaseModel, Field

MODEL = "smollm2-135m"
INSTRUCTION = "Extract the data as JSON."


class Contact(BaseModel):
    name: str
    age: int = Field(ge=0, le=150)
    city: str


def read_contact(client: OpenAI, text: str) -> Contact | None:
    completion = client.chat.completions.parse(
        model=MODEL,
        messages=[{"role": "system", "content": INSTRUCTION}, {"role": "user", "content": text}],
        response_format=Contact,
        temperature=0,
        max_tokens=120,
    )
    return completion.choices[0].message.parsed
