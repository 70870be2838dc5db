from replies import prompt_for, reply, ticket


def test_a_reply_is_the_accepted_one(llm_snapshot):
    assert reply("How long may I return a lamp?") == llm_snapshot


def test_a_ticket_is_the_accepted_one_on_any_day(llm_snapshot):
    assert ticket("Do I get all my money back?") == llm_snapshot.mask("$.on", "<date>")


def test_a_conversation_is_the_accepted_one(llm, llm_snapshot):
    prompt = prompt_for("May I return a lamp after 20 days?")
    chat = llm.chat(prompt.system, **prompt.params)
    for turn in prompt.turns:
        chat.ask(turn["content"])
    chat.ask("And after 40 days?")

    assert chat.messages == llm_snapshot


def test_any_of_the_accepted_greetings_will_do(llm, llm_snapshot):
    greetings = llm.sample("Greet a customer in three words.", trials=4, temperature=0.9, max_tokens=8)

    assert greetings == llm_snapshot
