"""The language of a text, detected by py3langid: 4.6 MB, offline, deterministic."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pytest_llm.errors import MissingExtraError
from pytest_llm.metrics.length import sentence_list, word_list

__all__ = ["LANGUAGES", "Detected", "detect", "detect_sentences", "prose"]

# ISO 639-1, of the languages the detector's model was trained on ("nb" and "nn" it knows as "no").
LANGUAGES = {
    code: name
    for entry in (
        "af Afrikaans|am Amharic|ar Arabic|as Assamese|az Azerbaijani|be Belarusian|bg Bulgarian|bn Bengali|br Breton|"
        "bs Bosnian|ca Catalan|cs Czech|cy Welsh|da Danish|de German|el Greek|en English|eo Esperanto|es Spanish|"
        "et Estonian|eu Basque|fa Persian|fi Finnish|fr French|ga Irish|gl Galician|gu Gujarati|ha Hausa|he Hebrew|"
        "hi Hindi|hr Croatian|ht Haitian|hu Hungarian|hy Armenian|id Indonesian|is Icelandic|it Italian|ja Japanese|"
        "jv Javanese|ka Georgian|kk Kazakh|km Khmer|kn Kannada|ko Korean|ku Kurdish|ky Kirghiz|la Latin|"
        "lb Luxembourgish|lo Lao|lt Lithuanian|lv Latvian|mg Malagasy|mk Macedonian|ml Malayalam|mn Mongolian|"
        "mr Marathi|ms Malay|mt Maltese|ne Nepali|nl Dutch|no Norwegian|oc Occitan|or Odia|pa Punjabi|pl Polish|"
        "ps Pashto|pt Portuguese|qu Quechua|ro Romanian|ru Russian|rw Kinyarwanda|si Sinhala|sk Slovak|sl Slovenian|"
        "sq Albanian|sr Serbian|sv Swedish|sw Swahili|ta Tamil|te Telugu|th Thai|tl Tagalog|tr Turkish|ug Uighur|"
        "uk Ukrainian|ur Urdu|vi Vietnamese|xh Xhosa|zh Chinese|zu Zulu"
    ).split("|")
    for code, _, name in [entry.partition(" ")]
}
CERTAIN = 0.25  # a lower confidence is a guess: measured on one-word texts, numbers and names, which stay below it

_CODE = re.compile(r"^[ \t>]*(```+|~~~+).*?(?:^[ \t>]*\1|\Z)|(?<!`)(`+)(?!`)[^`].*?(?<!`)\2(?!`)", re.S | re.M)
_LINK = re.compile(r"(?:https?://|www\.)\S+|(?<![\w.+-])[\w.+-]{1,64}@[\w.-]{1,253}|</?[a-zA-Z][^<>\n]{0,300}>")


@dataclass(frozen=True, slots=True)
class Detected:
    """The most likely language (ISO 639-1) and the detector's confidence, from 0 to 1."""

    language: str
    confidence: float

    @property
    def certain(self) -> bool:
        """Whether there was enough text to tell."""
        return self.confidence >= CERTAIN


def prose(text: str) -> str:
    """Return the text without code, URLs, e-mail addresses and tags, which are of no language."""
    return _LINK.sub(" ", _CODE.sub(" ", text))


def detect(text: str) -> Detected | None:
    """Return the language of a text; None when it has no word.

    Raises ``MissingExtraError`` when py3langid is not installed.
    """
    said = prose(text)
    if not word_list(said):
        return None
    language, confidence = _detector().classify(said)
    return Detected(str(language), float(confidence))


def detect_sentences(text: str) -> dict[str, float]:
    """Return each language with the share of the letters in sentences of it, largest first; guesses are left out."""
    shares: dict[str, int] = {}
    for sentence in sentence_list(prose(text))[:200]:
        found = detect(sentence)
        if found is not None and found.certain:
            shares[found.language] = shares.get(found.language, 0) + len(sentence)
    whole = sum(shares.values())
    return {name: size / whole for name, size in sorted(shares.items(), key=lambda item: -item[1])}


@lru_cache(maxsize=1)
def _detector() -> Any:
    try:
        from py3langid.langid import MODEL_FILE, LanguageIdentifier
    except ImportError:
        raise MissingExtraError(
            "in_language() needs the package py3langid, which is not installed: "
            'pip install "pytest-llm-regression[language]"'
        ) from None
    detector = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    detector.set_languages(sorted(LANGUAGES))
    return detector
