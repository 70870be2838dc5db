"""Replies to the customers of a shop. The prompt stands in a file; the client is the application's own."""

from datetime import date
from pathlib import Path

from openai import OpenAI

from pytest_llm import FilledPrompt, load_prompt

MODEL = "smollm2-135m"
POLICY = "Customers may return any item within 30 days of purchase for a full refund."
PROMPT = Path(__file__).parent / "prompts" / "reply.md"


def prompt_for(question: str) -> FilledPrompt:
    return load_prompt(PROMPT, policy=POLICY, question=question)


def reply(question: str) -> str:
    prompt = prompt_for(question)
    with OpenAI() as client:
        answer = client.chat.completions.create(model=MODEL, messages=prompt.messages, **prompt.params)
    return answer.choices[0].message.content.strip()


def ticket(question: str) -> dict[str, str]:
    """Return what the shop keeps of a question."""
    return {"asked": question, "replied": reply(question), "on": date.today().isoformat()}
