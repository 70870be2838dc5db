from inbox import topic

from pytest_llm import strategies as llm_st

MESSAGES = [
    "The shoes are too small and I would like to get my money back.",
    "My order was due last week and it has not arrived yet.",
    "The kettle does not work, so please refund what I paid.",
    "Where is the parcel that you sent me on Monday?",
    "I was charged twice and want one of the payments returned.",
    "The driver left my box with somebody I do not know.",
]


@llm_st.metamorphic(invariant=["typos", "case", "whitespace", "politeness"], of=MESSAGES, variants=4, at_least=0.5)
def test_how_a_message_is_written_does_not_change_its_topic(llm_cassette, original, variant):
    assert topic(variant) == topic(original)


@llm_st.metamorphic(invariant="irrelevant context", of=MESSAGES, variants=4, again=0, at_least=0.5)
def test_small_talk_does_not_change_the_topic(llm_cassette, original, variant):
    assert topic(variant) == topic(original)
