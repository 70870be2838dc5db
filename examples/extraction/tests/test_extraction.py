import pytest
from contacts import INSTRUCTION, Contact, read_contact

from pytest_llm import Message, conforming_to, fuzzy_match

MARIA = "Maria Lopez is 34 years old and lives in Madrid."


@pytest.mark.parametrize(
    ("text", "contact"),
    [
        pytest.param(MARIA, Contact(name="Maria Lopez", age=34, city="Madrid"), id="third-person"),
        pytest.param(
            "My name is Anna, I am 27 and I live in Vienna.",
            Contact(name="Anna", age=27, city="Vienna"),
            id="first-person",
        ),
    ],
)
def test_the_application_reads_a_contact(openai_client, text, contact):
    assert read_contact(openai_client, text) == contact


def test_an_answer_conforms_to_the_model(llm):
    prompt = [Message("system", INSTRUCTION), Message("user", "Tom Baker, 52, moved to Leeds last year.")]
    response = llm.ask(prompt, schema=Contact, temperature=0, max_tokens=120)

    assert response == conforming_to(Contact, whole_text=True)
    assert response.json() == {"name": "Tom Baker", "age": 52, "city": fuzzy_match("Leeds", ratio=90)}
    assert response.json(Contact).city.strip() == "Leeds"


def test_an_answer_is_json_with_these_fields_only(llm):
    prompt = [Message("system", INSTRUCTION), Message("user", MARIA)]
    response = llm.ask(prompt, schema=Contact, temperature=0, max_tokens=120)

    assert response.json().keys() == {"name", "age", "city"}
