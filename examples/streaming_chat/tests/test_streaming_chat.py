from conversation import TEACHER, Conversation


def test_an_answer_comes_in_pieces(openai_client):
    pieces = list(Conversation(openai_client).say("What is the capital of Spain?"))

    assert len(pieces) > 3
    assert "Madrid" in "".join(pieces)


def test_a_second_question_is_understood_from_the_first(openai_client):
    conversation = Conversation(openai_client)
    for question in ("What is the capital of Spain?", "And of Portugal?"):
        answer = "".join(conversation.say(question))

    assert "Lisbon" in answer
    assert [message["role"] for message in conversation.messages] == [
        "system", "user", "assistant", "user", "assistant",
    ]  # fmt: skip


def test_the_prompt_needs_no_application(llm):
    chat = llm.chat(TEACHER, temperature=0, max_tokens=40)

    assert "Paris" in chat.ask("What is the capital of France?").text
    assert "Rome" in chat.ask("And what is the capital of Italy?").text
    assert len(chat.messages) == 5


def test_a_stream_ends_with_the_whole_response(llm):
    stream = llm.stream("What is the capital of Japan?", temperature=0, max_tokens=40)
    pieces = list(stream)

    assert "".join(pieces) == stream.response.text
    assert "Tokyo" in stream.response.text
    assert stream.response.usage.output_tokens >= len(pieces)
