"""Answers customers of a bicycle shop: finds the nearest entry of the FAQ, and lets the model answer with it."""

import json
from pathlib import Path

import numpy as np
from openai import OpenAI

MODEL = "smollm2-135m"
FAQ: dict[str, str] = json.loads(Path(__file__).with_name("faq.json").read_text(encoding="utf-8"))


class Shop:
    def __init__(self, client: OpenAI) -> None:
        self._client = client
        self._questions = list(FAQ)
        self._vectors = self._embed(self._questions)

    def find(self, question: str) -> list[str]:
        """Return the questions of the FAQ, the nearest in meaning first."""
        nearness = self._vectors @ self._embed([question])[0]
        return [self._questions[index] for index in np.argsort(-nearness)]

    def answer(self, question: str) -> str:
        known = FAQ[self.find(question)[0]]
        completion = self._client.chat.completions.create(
            model=MODEL,
            messages=[
                {"role": "system", "content": f"Answer in one short sentence. You know: {known}"},
                {"role": "user", "content": question},
            ],
            temperature=0,
            max_tokens=40,
        )
        return completion.choices[0].message.content or ""

    def _embed(self, texts: list[str]) -> np.ndarray:
        found = self._client.embeddings.create(model=MODEL, input=texts)
        vectors = np.array([one.embedding for one in found.data])
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
