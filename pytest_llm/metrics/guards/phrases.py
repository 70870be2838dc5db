"""Verbs of two words, each read as the one verb that says the same."""

from __future__ import annotations

_PHRASES = """
turn down=reject, turn on=enable, turn off=disable, turn up=raise, switch on=enable, switch off=disable,
call off=cancel, put off=postpone, push back=postpone, bring forward=advance, carry out=perform, leave out=omit,
rule out=exclude, throw out=reject, throw away=discard, vote down=reject, strike down=overturn, knock out=beat,
kick out=expel,
take over=replace, hand in=submit, send in=submit, hand over=give, give back=return, send back=return, pay back=repay,
bring back=return, fill in=complete, fill out=complete, set up=create, shut down=close, break down=fail, give up=quit,
find out=discover, sign up=subscribe, opt out=unsubscribe, opt in=subscribe, pick up=collect, drop off=deliver,
cut back=reduce, cut down=reduce, scale back=reduce, scale up=increase, scale down=reduce, go up=rise, go down=fall,
come down=fall, step down=resign, lay off=dismiss, let go=dismiss, take on=hire, wind down=close, phase out=discontinue,
roll out=launch, roll back=revert, do away=abolish, get rid=remove, bring in=introduce, bring about=cause,
lead to=cause,
result in=cause, give rise=cause, result from=stem, stem from=stem, come from=stem, derive from=stem, arise from=stem,
own up=admit, speed up=accelerate, slow down=decelerate, build up=accumulate, use up=exhaust, make up=comprise,
stand for=represent, ask for=request, apply for=request, look after=tend, take care=tend, get better=improve,
get worse=worsen, put up=raise, mark down=discount, top up=recharge, tear down=demolish, pull down=demolish,
take down=remove, take off=remove, back up=save, log in=login, log out=logout, sign in=login, sign out=logout,
work for=serve, belong to=belong, report to=report, take out=remove, cross out=remove, cut out=remove,
come after=follow,
come before=precede, hold off=postpone, hold up=delay, blow up=explode, wake up=wake, free of=lack, short of=lack,
run out=exhaust, hold responsible=blame, on time=punctual, on schedule=punctual, behind schedule=late,
part of=include, go ahead=proceed, in favour=support, in favor=support, come with=include, advise against=discourage,
advised against=discourage, lose money=deficit, lost money=deficit,
take court=sue, recommend against=discourage, vote against=reject, decide against=reject, protect against=prevent,
come force=start, receive training=learn, lose to=lose, take delivery=receive
"""
_FORMS = {
    "turn": "turned turns turning", "switch": "switched switches", "call": "called calls calling",
    "put": "puts putting", "push": "pushed pushes", "bring": "brought brings bringing",
    "carry": "carried carries carrying", "leave": "left leaves leaving", "rule": "ruled rules",
    "throw": "threw thrown throws", "vote": "voted votes", "strike": "struck strikes", "knock": "knocked knocks",
    "kick": "kicked kicks", "take": "took taken takes taking", "hand": "handed hands handing",
    "send": "sent sends sending", "give": "gave given gives giving", "pay": "paid pays paying",
    "fill": "filled fills filling", "set": "sets setting", "shut": "shuts shutting", "break": "broke broken breaks",
    "find": "found finds", "sign": "signed signs signing", "opt": "opted opts opting", "pick": "picked picks picking",
    "drop": "dropped drops", "cut": "cuts cutting", "scale": "scaled scales scaling", "go": "went gone goes going",
    "come": "came comes coming", "step": "stepped steps", "lay": "laid lays", "let": "lets", "wind": "wound winds",
    "phase": "phased phases", "roll": "rolled rolls rolling", "do": "did done doing", "get": "got gets getting",
    "lead": "led leads leading", "result": "resulted results resulting", "stem": "stemmed stems",
    "derive": "derived derives", "arise": "arose arises", "speed": "sped speeds", "slow": "slowed slows",
    "build": "built builds", "use": "used uses", "make": "made makes", "ask": "asked asks asking",
    "apply": "applied applies applying", "mark": "marked marks", "tear": "tore torn", "pull": "pulled",
    "log": "logged logs logging", "work": "worked works working", "belong": "belongs belonged",
    "report": "reported reports reporting", "hold": "held holds", "run": "ran runs", "advise": "advises",
    "recommend": "recommended recommends", "decide": "decided", "protect": "protects protected protecting",
    "receive": "received receives", "lose": "lost loses",
}  # fmt: skip


def _table() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for phrase in _PHRASES.replace("\n", " ").split(","):
        words, _, verb = phrase.strip().partition("=")
        head, _, particle = words.partition(" ")
        for form in (head, *_FORMS.get(head, "").split()):
            found.setdefault(form, {})[particle] = verb
    return found


PHRASES = _table()
# Between a verb and its particle stands what it does something to: turned the offer down.
APART = 4
CLOSE = frozenset("to from for of rid care go rise time schedule better worse after before".split())
