"""Whether a grade contradicts its own reason: another grade is named, another level quoted, the opposite said."""

from __future__ import annotations

import re

from pytest_llm.judges.rubric import Rubric
from pytest_llm.text import short

__all__ = ["contradiction", "verdict_contradiction"]

_NUMBER = r"(\d+(?:\.\d+)?|zero|one|two|three|four|five|six|seven|eight|nine|ten)"
_WORDS = {word: n for n, word in enumerate("zero one two three four five six seven eight nine ten".split())}
# "I give it a grade of 2", "the score is 2", "rated 2", "deserves a 2", "2/5", "2 out of 5".
_NAMED = (
    re.compile(
        r"\b(?:grade|score|rating|mark|level)\b(?: (?:it|this|the answer|here))?"
        r"(?: (?:of|is|would be|should be|must be|as|at|to))?"
        rf"(?: an?| only)*[:\s]+{_NUMBER}\b(?!\s*(?:to|-|or|out of (?!\d))\s*\d)",
        re.I,
    ),
    re.compile(
        r"\b(?:rated?|graded?|scored?|scores|deserves|merits|earns|gets|receives)(?: (?:it|this|as|at|only))* (?:an? )?"
        rf"{_NUMBER}\b(?= *(?:[.,;!]|$|out of|/|because|since|for|as\b))",
        re.I,
    ),
    re.compile(rf"\b{_NUMBER} *(?:/|out of) *(\d+)\b", re.I),
)
_UNSURE = re.compile(
    r"\b(?:not|n't|never|neither|nor|no longer|cannot|rather than|instead of|short of|below|above|less than|more than|"
    r"at least|at most|would|could|might|if|had|were)\b",
    re.I,
)
_QUOTED = re.compile(r"\"[^\"]*\"|“[^”]*”|«[^»]*»|(?<!\w)'(?:[^']|(?<=\w)'(?=\w))*'(?!\w)|`[^`]*`")

_IT = r"(?:(?:the |this |its )?(?:answer|response|text|reply)|it)"
_WHOLLY = r"(?:completely|entirely|totally|wholly|fully|perfectly|absolutely|utterly|clearly|factually|exactly)"
_WRONG = r"(?:wrong|incorrect|false|inaccurate|irrelevant|off[- ]topic|unsupported|unrelated)"
_RIGHT = r"(?:right|correct|accurate|true|supported|relevant)"
_BAD = re.compile(
    rf"\b(?:{_WHOLLY} (?:{_WRONG}|fails?|ignores?|misses|contradicts?|fabricated|made[- ]up)|"
    rf"{_IT} (?:is|was) (?:{_WRONG}|useless|nonsense)|"
    r"fail(?:s|ed)? (?:to (?:meet|satisfy|address|answer|fulfil|follow)|the criterion|entirely|completely)|"
    r"does(?: not|n't) (?:meet|satisfy|address|answer|fulfil|follow) (?:the|this|any))\b",
    re.I,
)
_GOOD = re.compile(
    rf"\b(?:{_WHOLLY} (?:{_RIGHT}|meets?|satisfie[sd]|fulfils?|follows|addresses|answers|matches)|"
    r"flawless|faultless|impeccable|without (?:any )?(?:faults?|errors?|flaws?|mistakes?)|"
    r"no (?:faults?|errors?|flaws?|mistakes?) (?:at all|whatsoever|in (?:it|the answer))|"
    rf"{_IT} (?:is|was) (?:perfect|excellent|right|correct|accurate))\b",
    re.I,
)
_DENIED = re.compile(
    r"\b(?:not|n't|never|no|neither|nor|nothing|hardly|far from|anything but|cannot|without)\b[^.;]{0,25}$", re.I
)
_TURNED = re.compile(
    r"\b(?:but|however|although|though|yet|except|despite|while|whereas|nevertheless|otherwise)\b", re.I
)
_YES = re.compile(r"^\W*yes\b", re.I)
_NO = re.compile(
    r"^\W*no\b(?! (?:\w+ ){0,3}(?:error|fault|flaw|mistake|claim|part|sentence|passage|mention|harm))", re.I
)
_VERDICT = re.compile(
    r"\b(?:verdict|answer|grade)(?: is| would be|:)? *[\"']?(yes|no)\b[\"']?|"
    r"\b(not supported|unsupported|is supported)\b",
    re.I,
)


def contradiction(reason: str, grade: int, rubric: Rubric) -> str:
    """Return in a sentence how a reason contradicts the grade that follows it; "" when it does not.

    Only what is explicit counts: another grade that is named, the description of another level that is quoted, or a
    flat statement that the answer is wholly right or wrong beside the opposite end of the scale.
    """
    if rubric.scale == (0, 1):
        return verdict_contradiction(reason, bool(grade)) or _at_the_ends(reason, grade, rubric)
    named = _named(reason, rubric)
    if named and grade not in named:
        return f"the reason says {named[-1]}, and the grade is {grade}."
    return _quoted_level(reason, grade, rubric) or _at_the_ends(reason, grade, rubric)


def verdict_contradiction(reason: str, holds: bool) -> str:
    """Return how a reason contradicts a verdict of yes or no; "" when it does not."""
    said = _said(reason)
    if (_NO if holds else _YES).search(said):
        return f"the reason begins with {'no' if holds else 'yes'}, and the verdict is {'yes' if holds else 'no'}."
    for match in _VERDICT.finditer(said):
        word = (match[1] or match[2]).lower()
        means = word in ("yes", "is supported")
        if means != holds and not _DENIED.search(said[: match.start()]):
            return f'the reason says "{match[0].strip()}", and the verdict is {"yes" if holds else "no"}.'
    return ""


def _named(reason: str, rubric: Rubric) -> list[int]:
    """Return the grades that a reason names as its own; a grade that it denies or weighs is none."""
    found: list[int] = []
    low, high = rubric.scale
    said = _said(reason)
    for pattern in _NAMED:
        for match in pattern.finditer(said):
            if len(match.groups()) > 1 and int(match[2]) != high:
                continue
            value = _WORDS.get(match[1].lower(), match[1])
            before = re.split(r"[.;!?]", said[: match.start()])[-1]
            if _UNSURE.search(before) or not low <= float(value) <= high:
                continue
            found.append(int(float(value)))
    return found


def _quoted_level(reason: str, grade: int, rubric: Rubric) -> str:
    said = _words(reason)
    quoted = [level for level, text in rubric.levels.items() if len(text.split()) > 2 and _words(text) in said]
    # A level whose text holds another's ("says all", "says all that the reference says") counts for both.
    if quoted and grade not in quoted:
        level = quoted[0]
        return f'the reason says "{short(rubric.levels[level], 40)}", which is {level}, and the grade is {grade}.'
    return ""


def _at_the_ends(reason: str, grade: int, rubric: Rubric) -> str:
    low, high = rubric.scale
    if grade not in (low, high):
        return ""
    good = (grade == high) == (rubric.better == "higher")
    said = _said(reason)
    against, agreeing = (_BAD, _GOOD) if good else (_GOOD, _BAD)
    if _TURNED.search(said) or agreeing.search(said):
        return ""
    for match in against.finditer(said):
        if not _DENIED.search(said[: match.start()]):
            return f'the reason says "{match[0].strip()}", and the grade is {"the best" if good else "the worst"}.'
    return ""


def _said(reason: str) -> str:
    """Return the reason without what it quotes."""
    return _QUOTED.sub('""', reason)


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))
