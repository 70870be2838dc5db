"""Words that deny, and words that turn, bound or undo a denial."""

from __future__ import annotations

from pytest_llm.metrics.guards.antonyms import SIDES, SIGNS
from pytest_llm.metrics.guards.stems import stem
from pytest_llm.metrics.guards.words import STOP

NEGATORS = frozenset(
    "not no never neither nor none nobody nothing nowhere hardly barely scarcely rarely seldom".split()
)
RIGHTWARD = frozenset("without unless lack lacks lacking lacked avoid avoids avoided except".split())
FLIPPING = frozenset(
    "prohibited prohibit prohibits forbidden forbid forbids banned illegal unlawful impossible unable refuse "
    "refuses refused fail fails failed rejected denied deny denies prevent prevents prevented unlikely stop exempt "
    "ineligible waived barred".split()
)
CONDITIONS = frozenset("without unless until except".split())
AFTER_NOT = frozenset("only just merely simply least".split())
THAN = frozenset(
    "more less later earlier fewer longer sooner greater higher other smaller larger lower older younger".split()
)
# Each can say without a negation what the other text says with one: open until ten, closes at ten.
LIMITS = frozenset("only until till except unless solely just".split())
CONTRARY = frozenset(
    frozenset(pair.split("/"))
    for pair in (
        "for/against on/off in/out up/down all/no all/none all/some some/no most/few many/few inside/outside "
        "over/under more/less more/fewer most/least into/from with/without before/after above/below always/sometimes "
        "can/cannot every/no each/no toward/away ahead/behind must/may must/can should/may shall/may unless/if "
        "unless/when and/not every/some each/some everyone/nobody all/most most/some most/all none/most neither/both "
        "any/no some/none all/few half/all first/last up/down likely/unlikely never/always already/yet until/after "
        "until/from since/until by/after below/over under/above beneath/above past/future past/before least/most "
        "minimum/maximum upwards/downwards upward/downward both/neither either/neither"
    ).split()
)
QUALIFYING = frozenset("than under over below above against without except but unless until before after who".split())
PREPOSITIONS = frozenset("before after above below inside outside".split())  # not so after it: so before it, or never
MAY = frozenset(("can", "may"))
BOUNDS = frozenset("than up most least maximum minimum within under over after before only until unless".split())
KINDLY = frozenset("hesitate forget fail miss worry".split())
DEEDS = frozenset("buy lend".split())  # which side of them a sentence takes is for the guard of roles
BE = frozenset("is are was were being been be has have had it they".split())
AFTER_NO = frozenset("matter doubt wonder problem".split())
NOT_PREFIXED = frozenset(
    "income invest investment discover display discount district dispose discuss unit union unite until under "
    "universe inform information intend indeed instead inside invite image import important impress improve disease "
    "distance uniform impact imply install instance interest increase include industry indicate individual dish "
    "distribute".split()
)
PREFIXES = ("un", "in", "im", "il", "ir", "non", "dis")
SIGN_OF = {**{stem(word): sign for word, sign in reversed(SIGNS.items())}, **SIGNS}
NEGATING = NEGATORS | FLIPPING | RIGHTWARD | {"free", "instead", "rather"}
PLAIN = frozenset(low for low in STOP if low not in SIGN_OF and not low.startswith(PREFIXES)) - {
    "have", "has", "had", "must", "can", "may"
}  # fmt: skip
TELLING = frozenset(
    {*NEGATORS, *RIGHTWARD, *FLIPPING, *SIDES, *(word for pair in CONTRARY for word in pair), "free", "instead"}
) - {"in", "into", "for", "from", "and", "with", "can", "on", "all", "some"}
