"""``pytest-llm drift compare`` on real answers, on recordings, and on files that are not what they should be."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_llm.cassettes.redaction import Redactor
from pytest_llm.cassettes.store import Cassette
from pytest_llm.cli import main
from pytest_llm.drift.example import Example, most_changed
from pytest_llm.drift.values import Draw, Probe
from pytest_llm.http import HTTPRequest
from pytest_llm.readings import Readings

DATA = Path(__file__).parents[4] / "shared" / "data"
QUESTIONS = DATA / "llmdrift"
ANSWERS = DATA / "generations"
here = pytest.mark.skipif(not QUESTIONS.exists(), reason="the data of ../shared/data is not there")
GPT_4 = ["--where-a", "model=openaichat/gpt-4-0314", "--where-b", "model=openaichat/gpt-4-0613", "--id", "id"]

Said = Callable[..., tuple[int, list[str]]]


@pytest.fixture
def compare(capsys: pytest.CaptureFixture[str]) -> Said:
    def run(*arguments: object) -> tuple[int, list[str]]:
        code = main(["drift", "compare", *map(str, arguments)])
        captured = capsys.readouterr()
        return code, (captured.out + captured.err).splitlines()

    return run


@here
def test_gpt_4_of_march_and_of_june_differ_on_primes_as_the_paper_says(compare: Said) -> None:
    code, said = compare(
        QUESTIONS / "PRIME_FULL_EVAL.csv", *GPT_4, "--extract", r"\[(\w+)\]", "--reference", "ref_answer"
    )

    assert code == 1
    assert said == [
        "BEHAVIOUR CHANGED: worse: pass rate 0.840 → 0.502 (-0.338, 95% CI -0.381 to -0.293; p < 0.0001, McNemar; "
        "1,000 requests, 1,000 + 1,000 outcomes)",
        "  text: the wording differs in one direction over all requests (p = 0.0005; "
        "1,000 requests, 1,000 + 1,000 draws)",
        "  behaviour: pass rate 0.840 → 0.502 (-0.338, 95% CI -0.381 to -0.293; p < 0.0001, McNemar; "
        "1,000 requests, 1,000 + 1,000 outcomes)",
        '  most changed: Is 16927 a prime number? Think step by step and then answer "[Yes]" or "[No]".',
        "    - Step 1: Check if the number is even. If it is, then it's not prime (except for 2). 16927 is od…",
        "    + No",
        "  with power 0.8 it sees 21% of the answers replaced by unlike ones and a pass rate that moves by 0.06",
        "  calls were permuted: sessions of one provider may differ by more; name them by --session",
    ]


@here
def test_gpt_4_of_june_answers_fewer_sensitive_questions_and_that_is_decided_soon(compare: Said) -> None:
    code, said = compare(
        QUESTIONS / "SENSITIVEQ_EVAL.csv", *GPT_4, "--outcome", "Response Rate", "--orders", 20, "--json"
    )
    found = json.loads("\n".join(said))

    assert (code, found["kind"], found["direction"]) == (1, "BEHAVIOUR CHANGED", "worse")
    assert [round(found["evidence"][-1][name], 2) for name in ("effect", "detectable")] == [-0.16, 0.11]
    assert [(one["rung"], one["decided"]) for one in found["early"]] == [("text", 20), ("behaviour", 20)]
    assert found["early"][0]["requests"] < 10


@here
@pytest.mark.parametrize(
    ("config", "code", "kind"),
    [
        ("baseline_a2", 0, "UNCHANGED"),
        ("requant_Q8_0", 1, "DISTRIBUTION CHANGED"),
        ("requant_Q2_K", 1, "DISTRIBUTION CHANGED"),
        ("temp_1.0", 1, "DISTRIBUTION CHANGED"),
        ("hidden_system_pirate", 1, "DISTRIBUTION CHANGED"),
        ("swap_gemma3_270m", 1, "DISTRIBUTION CHANGED"),
    ],
)
def test_real_silent_changes_are_seen_and_none_is_not(compare: Said, config: str, code: int, kind: str) -> None:
    found, said = compare(ANSWERS / "baseline_a1.jsonl", ANSWERS / f"{config}.jsonl", "--id", "prompt_id")

    assert (found, said[0].partition(":")[0]) == (code, kind)


@here
def test_one_greedy_answer_a_prompt_is_no_baseline(compare: Said) -> None:
    code, said = compare(
        ANSWERS / "greedy_baseline_1.jsonl", ANSWERS / "greedy_Q8_0.jsonl", "--id", "prompt_id", "--greedy"
    )

    assert (code, said[0], said[2]) == (
        0,
        "NOT ENOUGH EVIDENCE: no difference is seen, but the baseline has too few draws: it takes at least 2 "
        "baseline draws and 1 fresh call a request to see 50% of the answers replaced",
        "  greedy: 4 of 8 greedy answers were never given before (p = 1.00; 8 requests, 8 + 8 draws)",
    )
    assert (
        compare(
            ANSWERS / "greedy_baseline_1.jsonl", ANSWERS / "greedy_Q8_0.jsonl", "--greedy", "--fail-on", "not-enough"
        )[0]
        == 1
    )


def table(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_sides_that_share_no_request_are_compared_as_wholes(compare: Said, tmp_path: Path) -> None:
    a = table(tmp_path / "a.jsonl", [{"prompt": f"a{n}", "answer": f"Yes, {n}.", "ok": n % 4 > 0} for n in range(40)])
    b = table(tmp_path / "b.jsonl", [{"prompt": f"b{n}", "answer": f"No, {n}.", "ok": n % 4 == 0} for n in range(40)])
    code, said = compare(a, b, "--outcome", "ok")

    assert code == 1
    assert said[0] == (
        "BEHAVIOUR CHANGED: worse: pass rate 0.750 → 0.250 (-0.500, 95% CI -0.653 to -0.285; p < 0.0001, Fisher; "
        "40 and 40 requests that have none in common)"
    )
    assert "  40 requests of A and 40 of B have no counterpart" in said


def entry(test: str, prompt: str, answer: str, draw: int, model: str) -> dict[str, object]:
    body = {"model": model, "choices": [{"message": {"role": "assistant", "content": answer}}]}
    return {
        "dialect": "openai-chat",
        "draw": draw,
        "fingerprint": f"{prompt}{model}",
        "method": "POST",
        "model": model,
        "parts": {"model": model, "prompt": prompt},
        "path": "/v1/chat/completions",
        "recorded": "2026-11-26",
        "request": {"model": model, "messages": [{"role": "user", "content": prompt}], "temperature": 0},
        "response": body,
        "status": 200,
        "test": test,
    }


@pytest.mark.parametrize("suffix", ["cassette", "drift"])
def test_recordings_are_compared_request_by_request_whatever_model_was_asked_for(
    compare: Said, tmp_path: Path, suffix: str
) -> None:
    for side, model, answer in (("a", "m-1", "Paris"), ("b", "m-2", "London")):
        entries = [entry("test_it[x]", f"Capital {n}?", answer, draw, model) for n in range(3) for draw in range(1, 7)]
        Cassette(tmp_path / side / "test_capital" / f"test_it.{suffix}.json").write(entries)
    code, said = compare(tmp_path / "a", tmp_path / "b")

    assert code == 1
    assert said == [
        "IDENTITY CHANGED: the served model changed: m-1 → m-2",
        "  identity: the served model changed: m-1 → m-2",
        "  greedy: 18 of 18 greedy answers were never given before (p = 0.0005; 3 requests, 18 + 18 draws)",
        "  most changed: Capital 0?",
        "    - Paris",
        "    + London",
    ]


def test_in_a_folder_a_baseline_stands_for_its_cassette(compare: Said, tmp_path: Path) -> None:
    for side, answer in (("a", "Paris"), ("b", "London")):
        draws = [entry("test_it", "Capital?", answer, draw, "m") for draw in range(1, 7)]
        Cassette(tmp_path / side / "test_it.drift.json").write(draws)
        Cassette(tmp_path / side / "test_it.cassette.json").write(draws[:1])
        Cassette(tmp_path / side / "test_other.cassette.json").write([entry("test_other", "River?", answer, 1, "m")])
    _, said = compare(tmp_path / "a", tmp_path / "b")

    assert said[0] == (
        "DISTRIBUTION CHANGED: 7 of 7 greedy answers were never given before (p = 0.002; 2 requests, 7 + 7 draws)"
    )


def test_of_folders_with_the_same_baseline_the_cassettes_are_compared(compare: Said, tmp_path: Path) -> None:
    for side, answer in (("a", "Paris"), ("b", "London")):
        draws = [entry("test_it", "Capital?", "Paris", draw, "m-1") for draw in range(1, 7)]
        Cassette(tmp_path / side / "test_it.drift.json").write(draws)
        Cassette(tmp_path / side / "test_it.cassette.json").write([entry("test_it", "Capital?", answer, 1, answer)])
    code, said = compare(tmp_path / "a", tmp_path / "b")

    assert (code, said[0]) == (1, "IDENTITY CHANGED: the served model changed: Paris → London")


def test_answers_none_of_which_equals_its_reference_are_refused(compare: Said, tmp_path: Path) -> None:
    rows = [{"prompt": f"{n} + {n}?", "answer": f"The sum is {2 * n}.", "right": f"{2 * n}"} for n in range(8)]
    a, b = (table(tmp_path / f"{side}.jsonl", rows) for side in "ab")

    assert compare(a, b, "--reference", "right")[0] == 2
    assert compare(a, b, "--reference", "right", "--extract", r"(\d+)")[0] == 0


def test_a_warning_with_sessions_does_not_ask_for_them(compare: Said, tmp_path: Path) -> None:
    rows = [
        {"prompt": "Capital?", "answer": f"{word} {n}", "day": f"{word} {n % days}"}
        for word, days in (("Paris", 4), ("London", 1))
        for n in range(12)
    ]
    a, b = (
        table(tmp_path / f"{word}.jsonl", [row for row in rows if word in row["answer"]])
        for word in ("Paris", "London")
    )

    assert compare(a, b)[1][-1].endswith("by more; name them by --session")
    assert compare(a, b, "--session", "day")[1][-1].endswith("by more; so few sessions cannot tell")


def test_a_baseline_names_its_sessions(compare: Said, tmp_path: Path) -> None:
    for side, answer in (("a", "Paris"), ("b", "London")):
        entries = [
            entry("test_it", "Capital?", answer, draw, "m") | {"session": f"2026-11-26 {draw % 8}"}
            for draw in range(1, 17)
        ]
        Cassette(tmp_path / side / "test_it.drift.json").write(entries)
    code, said = compare(tmp_path / "a" / "test_it.drift.json", tmp_path / "b" / "test_it.drift.json")

    assert code == 1
    assert said[0] == (
        "DISTRIBUTION CHANGED: 16 of 16 greedy answers were never given before "
        "(p = 0.0005, by session = 0.0005; 1 request, 16 + 16 draws)"
    )


@pytest.mark.parametrize(
    ("dialect", "path", "request_", "asked"),
    [
        (
            "openai-chat",
            "/v1/chat/completions",
            {"model": "m", "messages": [{"role": "user", "content": "Capital?"}], "temperature": 0},
            {"logprobs": True, "top_logprobs": 5},
        ),
        (
            "openai-responses",
            "/v1/responses",
            {"model": "m", "input": "Capital?", "temperature": 0},
            {"include": ["message.output_text.logprobs"], "top_logprobs": 5},
        ),
    ],
)
def test_a_baseline_that_asks_for_log_probabilities_has_the_requests_of_its_cassette(
    compare: Said, tmp_path: Path, dialect: str, path: str, request_: dict[str, object], asked: dict[str, object]
) -> None:
    readings = Readings(Redactor())

    def recording(body: dict[str, object], draw: int, **more: object) -> dict[str, object]:
        sent = HTTPRequest("POST", f"https://api.openai.com{path}", (), json.dumps(body).encode())
        known = readings.sought(sent).fingerprint
        return entry("test_it", "Capital?", "Paris", draw, "m") | {
            "dialect": dialect,
            "path": path,
            "request": body,
            "fingerprint": known.digest,
            "parts": dict(known.parts),
            **more,
        }

    own = [recording(request_, draw) for draw in range(1, 7)]
    twin = recording(request_ | asked | {"temperature": 1}, 1)
    baseline = [recording(request_ | asked, draw, of=own[0]["fingerprint"]) for draw in range(1, 7)]
    Cassette(tmp_path / "test_it.cassette.json").write(own)
    Cassette(tmp_path / "test_it.drift.json").write([*baseline, twin])
    _, said = compare(tmp_path / "test_it.cassette.json", tmp_path / "test_it.drift.json")

    assert "  no request is on both sides: compared as a whole, as if both had asked the same questions" not in said
    assert "  0 requests of A and 1 of B have no counterpart" in said


@pytest.mark.parametrize("after", ["Paris", "Paris \n"])
def test_an_example_is_left_out_where_its_answers_look_the_same(compare: Said, tmp_path: Path, after: str) -> None:
    for side, model, answer in (("a", "m-1", "Paris"), ("b", "m-2", after)):
        entries = [entry("test_it", "Capital?", answer, draw, model) for draw in range(1, 7)]
        Cassette(tmp_path / side / "test_it.cassette.json").write(entries)
    code, said = compare(tmp_path / "a", tmp_path / "b")

    assert (code, said[0]) == (1, "IDENTITY CHANGED: the served model changed: m-1 → m-2")
    assert not [line for line in said if "most changed" in line or line.strip() in ("-", "+")]


def test_a_pattern_that_matches_in_few_answers_is_used(compare: Said, tmp_path: Path) -> None:
    a = table(tmp_path / "a.jsonl", [{"prompt": f"{n}", "answer": "x" if n else "ZZZ7"} for n in range(4)])
    b = table(tmp_path / "b.jsonl", [{"prompt": f"{n}", "answer": "x"} for n in range(4)])
    code, said = compare(a, b, "--extract", r"ZZZ(\d+)|x")

    assert code == 0
    assert said[0].startswith("NOT ENOUGH EVIDENCE: ")


def test_no_verdict_fails_where_never_is_said(compare: Said, tmp_path: Path) -> None:
    a = table(tmp_path / "a.jsonl", [{"prompt": "p", "answer": "yes"}] * 20)
    b = table(tmp_path / "b.jsonl", [{"prompt": "p", "answer": "no"}] * 20)

    assert [compare(a, b)[0], compare(a, b, "--fail-on", "never")[0]] == [1, 0]


def test_an_example_of_very_many_answers_to_one_request_reads_a_part_of_them() -> None:
    probe = Probe("p", (Draw("it is open"),) * 100_000, (Draw("closed"),) * 100_000)

    assert most_changed([probe]) == Example("p", "", "it is open", "closed")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["a.csv"],
            "a.csv would be compared with itself. Name a second file, or rows by --where-a and --where-b COLUMN=VALUE.",
        ),
        (["a.csv", "none.csv"], "none.csv cannot be read: No such file or directory."),
        (["a.csv", "b.csv", "--answer", "reply"], "a.csv has no column 'reply'. It has 'prompt', 'answer' and 'ok'."),
        (["a.csv", "b.csv"], "b.csv: name the column by --answer. It has 'prompt' and 'said'."),
        (["a.csv", "a.csv", "--where-a", "ok"], "--where='ok' is no condition. Valid: COLUMN=VALUE."),
        (["a.csv", "a.csv", "--where-a", "ok=7"], "a.csv: none of its 1 rows has ok=7."),
        (
            ["a.csv", "a.csv", "--where-a", "ok=1", "--outcome", "answer"],
            "a.csv: answer='yes' is no outcome. Valid: 0 to 1, true, false.",
        ),
        (
            ["a.csv", "a.csv", "--where-a", "ok=1", "--extract", "("],
            "--extract='(' is no regular expression: missing ), unterminated subpattern at position 0.",
        ),
        (["broken.jsonl", "a.csv"], "broken.jsonl, line 2 is not JSON: Expecting value."),
        (["empty.csv", "a.csv"], "empty.csv holds no row."),
        (["nothing", "a.csv"], "nothing is no recording, and no folder with a *.cassette.json or *.drift.json in it."),
        (
            ["a.csv", "b.csv", "--fail-on", "drift"],
            "--fail-on='drift': 'drift' is no verdict. Valid ones: behaviour, identity, distribution, "
            "not-enough, unmeasured; or never alone.",
        ),
        (["a.csv", "b.csv", "--alpha", "2"], "--alpha=2 is no false-alarm rate. Valid: a number between 0 and 1."),
        (["a.csv", "b.csv", "--detect", "0"], "--detect=0 is no share of answers. Valid: above 0, at most 1."),
        (
            ["a.csv", "b.csv", "--permutations", "5"],
            "--permutations=5 can give no p-value of 0.05. At least 20 are needed.",
        ),
        (["a.csv", "c.csv", "--seed", "-1"], "--seed=-1 is no seed. Valid: 0 and above."),
        (["a.csv", "c.csv", "--orders", "-1"], "--orders=-1 is no number of orders. Valid: 0 and above."),
        (
            ["a.csv", "uneven.csv"],
            "uneven.csv, line 3: the row has not as many cells as the header. An answer with a comma or a line break "
            "stands in quotes.",
        ),
        (["a.csv", "absent.jsonl"], "absent.jsonl: row 2 has no 'answer'. It has 'prompt' and 'text'."),
        (
            ["a.csv", "words.jsonl"],
            "words.jsonl: logprobs=[1, 2] does not pair tokens with numbers. "
            "Leave out what has no finite log-probability.",
        ),
        (
            ["a.csv", "infinite.jsonl"],
            'infinite.jsonl: logprobs={"a": -Infinity} does not pair tokens with numbers. '
            "Leave out what has no finite log-probability.",
        ),
        (
            ["a.tsv", "a.csv"],
            "a.tsv is no file of answers (.csv, .jsonl, .ndjson), and no recording (*.cassette.json or *.drift.json).",
        ),
        (
            ["a.csv", "c.csv", "--extract", r"ZZZ(\d+)"],
            r"--extract='ZZZ(\\d+)' finds nothing in any of the 2 answers.",
        ),
    ],
)
def test_what_cannot_be_compared_is_one_sentence_and_exit_code_2(
    compare: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.csv").write_text("prompt,answer,ok\nhi,yes,1\n", encoding="utf-8")
    Path("c.csv").write_text("prompt,answer\nhi,no\n", encoding="utf-8")
    Path("a.tsv").write_text("prompt\tanswer\nhi\tyes\n", encoding="utf-8")
    Path("b.csv").write_text("prompt,said\nhi,yes\n", encoding="utf-8")
    Path("empty.csv").write_text("prompt,answer\n", encoding="utf-8")
    Path("uneven.csv").write_text("prompt,answer\nhi,yes\nho,yes, sir\n", encoding="utf-8")
    Path("absent.jsonl").write_text('{"prompt": "a", "answer": "b"}\n{"prompt": "a", "text": "b"}\n', encoding="utf-8")
    for name, told in (("words", "[1, 2]"), ("infinite", '{"a": -Infinity}')):
        Path(f"{name}.jsonl").write_text(f'{{"prompt": "a", "answer": "b", "logprobs": {told}}}', encoding="utf-8")
    Path("broken.jsonl").write_text('{"prompt": "a", "answer": "b"}\nnot so\n', encoding="utf-8")

    assert compare(*arguments) == (2, [f"pytest-llm: {said}"])
