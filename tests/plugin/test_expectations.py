"""What pytest says of a failed expectation, everywhere it says it, and of one that is never compared."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from .project import Project

CONTAINS = """
    from pytest_llm import all_of, any_of, satisfies

    def long(text):
        return len(text) > 5

    long = satisfies(long, "more than five characters")
    upper = satisfies(str.isupper)

    def test_it():
        assert {value!r} == {expected}
"""
FAILURES = {
    "one": ("abc", "long", ["assert satisfies(more than five characters)", "  got 'abc'"]),
    "negated": ("ABC", "~upper", ["assert not satisfies(isupper)", "  got 'ABC'"]),
    "both": (
        "abc",
        "long & upper",
        [
            "assert all 2 expectations hold  (2 fail)",
            "    satisfies(more than five characters)",
            "      got 'abc'",
            "    satisfies(isupper)",
            "      got 'abc'",
        ],
    ),
    "one-of-two": ("abcdef", "all_of(long, upper)", ["assert satisfies(isupper)", "  got 'abcdef'"]),
    "either": (
        "abc",
        "any_of(long, upper)",
        [
            "assert any of 2 expectations holds  (none does)",
            "    satisfies(more than five characters)",
            "      got 'abc'",
            "    satisfies(isupper)",
            "      got 'abc'",
        ],
    ),
    "in-a-dict": (
        {"city": "Oslo", "days": 3},
        '{"city": long, "days": 3}',
        ["assert $.city: satisfies(more than five characters)", "  got 'Oslo'"],
    ),
    "in-a-list-of-dicts": (
        [{"city": "Oslo", "days": 3, "more": 1}],
        '[{"city": long, "days": 4, "left": upper}]',
        [
            "assert all 4 parts hold  (4 fail)",
            "    $[0].city: satisfies(more than five characters)",
            "      got 'Oslo'",
            "    $[0].days: 3 == 4",
            "    $[0] has the key 'left'  (its keys are 'city', 'days', 'more')",
            "    $[0] has no other keys  (it has 'more')",
        ],
    ),
    "lengths": (["abcdef"], "[long, long]", ["assert $: length 1 == 2"]),
}
WORKERS = pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])


def explained(result: pytest.RunResult) -> list[str]:
    """Return the lines of the failure's explanation."""
    return [line[8:] for line in result.stdout.lines if line.startswith("E  ")]


def said(result: pytest.RunResult) -> list[str]:
    """Return the lines of a failure that has no traceback."""
    start = next(index for index, line in enumerate(result.stdout.lines) if line.startswith("____"))
    lines = [line for line in result.stdout.lines[start + 1 :] if line and not line.startswith("[gw")]
    return lines[:2]


@pytest.mark.parametrize("case", FAILURES)
def test_a_failure_is_the_claim_and_below_it_the_parts_that_fail(project: Project, case: str) -> None:
    value, expected, lines = FAILURES[case]
    project.write(CONTAINS.format(value=value, expected=expected))
    result = project.run()

    result.assert_outcomes(failed=1)
    assert explained(result) == lines


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("abcdef", "long"),
        ("ABCDEF", "long & upper"),
        ("abcdef", "long | upper"),
        ("abc", "~long"),
        ("abc", "~~any_of(~long, upper)"),
        ({"city": "Bergen", "all": [1, ("ABC", 2)]}, '{"city": long, "all": [1, (upper, 2)]}'),
    ],
)
def test_what_holds_passes(project: Project, value: object, expected: str) -> None:
    project.write(CONTAINS.format(value=value, expected=expected))

    project.run().assert_outcomes(passed=1)


def test_not_equal_is_explained_too(project: Project) -> None:
    project.write(CONTAINS.format(value="ABC", expected="upper").replace("==", "!="))

    assert explained(project.run()) == ["assert not satisfies(isupper)", "  got 'ABC'"]


def test_the_expectation_may_stand_on_the_left(project: Project) -> None:
    project.write(CONTAINS.format(value="abc", expected="long").replace("'abc' == long", "long == 'abc'"))

    assert explained(project.run()) == ["assert satisfies(more than five characters)", "  got 'abc'"]


@WORKERS
def test_the_same_lines_are_in_every_report(project: Project, workers: tuple[str, ...]) -> None:
    project.write(CONTAINS.format(value="abc", expected="long"))
    result = project.run("-rA", "--junitxml=report.xml", "--color=yes", *workers)
    failure = ElementTree.parse(project.path / "report.xml").find(".//failure")

    assert failure is not None
    assert failure.get("message") == ("assert satisfies(more than five characters)\n  got 'abc'")
    assert "FAILED\x1b[0m test_it.py::\x1b[1mtest_it\x1b[0m - assert satisfies(more than five characters)" in (
        result.stdout.str()
    )


def test_differences_are_painted_where_a_terminal_has_colour(project: Project) -> None:
    project.write(
        """
        from pytest_llm import fuzzy_match

        def test_it():
            assert "Oslo" == fuzzy_match("Paris", ratio=90)
        """
    )
    painted, plain = project.run("--color=yes"), project.run("--color=no")

    assert "\x1b[31m- Paris" in painted.stdout.str()
    assert "\x1b[32m+ Oslo" in painted.stdout.str()
    assert "\x1b" not in plain.stdout.str()


def test_under_vv_the_whole_texts_are_shown(project: Project) -> None:
    project.write(
        """
        from pytest_llm import fuzzy_match

        def test_it():
            assert "Oslo " * 40 == fuzzy_match("Paris " * 40, ratio=90)
        """
    )
    short, whole = project.run(), project.run("-vv")

    assert ("Oslo " * 40).strip() not in short.stdout.str().replace("\n", " ")
    assert any(("Oslo " * 40).strip() in line for line in explained(whole))


@WORKERS
def test_one_that_is_never_compared_fails_the_test(project: Project, workers: tuple[str, ...]) -> None:
    project.write(
        """
        from pytest_llm import satisfies

        def test_it():
            satisfies(str.isupper)
        """
    )
    result = project.run(*workers)

    result.assert_outcomes(failed=1)
    assert said(result) == [
        "satisfies(isupper) was never compared. Did you mean: assert response == satisfies(isupper)?",
        "It is made at test_it.py:5.",
    ]


COMPOUND = {
    "a combination": "satisfies(str.isupper) & satisfies(str.islower)",
    "alternatives": "any_of(satisfies(str.isupper), satisfies(str.islower))",
    "an opposite": "~satisfies(str.isupper)",
    "a double opposite": "~~satisfies(str.isupper)",
    "one with another in it": "calls('x', city=satisfies(str.isupper))",
    "one beside another that is compared": "satisfies(str.islower); assert 'A' == satisfies(str.isupper)",
}


@pytest.mark.parametrize("case", COMPOUND)
def test_a_compound_one_is_not_excused_by_its_parts(project: Project, case: str) -> None:
    project.write(f"from pytest_llm import any_of, calls, satisfies\n\ndef test_it():\n    {COMPOUND[case]}\n")
    result = project.run()

    result.assert_outcomes(failed=1)
    assert "was never compared. Did you mean: assert response == " in said(result)[0]


def test_one_in_a_boolean_context_fails_the_test(project: Project) -> None:
    project.write(
        """
        from pytest_llm import satisfies

        def test_it():
            assert satisfies(str.isupper)
        """
    )

    assert explained(project.run()) == [
        "pytest_llm.errors.ConfigurationError: satisfies(isupper) is neither true nor false by itself. "
        "Did you mean: assert response == satisfies(isupper), or response != satisfies(isupper)?"
    ]


COMPARED = {
    "any": 'any("ABC" == one for one in (satisfies(str.isupper),\n        satisfies(str.islower)))',
    "or": '"ABC" == any_of(satisfies(str.isupper), satisfies(str.islower))',
    "in": '"ABC" in [satisfies(str.isupper), satisfies(str.islower)]',
    "in a dict": '{"a": "ABC"} == {"a": satisfies(str.isupper)}',
}


@pytest.mark.parametrize("case", COMPARED)
def test_one_that_need_not_be_reached_is_no_mistake(project: Project, case: str) -> None:
    project.write(f"from pytest_llm import any_of, satisfies\n\ndef test_it():\n    assert {COMPARED[case]}\n")

    project.run().assert_outcomes(passed=1)


def test_a_predicate_is_asked_once_though_it_fails(project: Project) -> None:
    project.write(
        """
        from pytest_llm import satisfies

        asked = []

        def test_it():
            assert {"a": "abc"} == {"a": satisfies(asked.append)}

        def test_then():
            assert asked == ["abc"]
        """
    )

    project.run().assert_outcomes(failed=1, passed=1)


def test_one_that_is_made_at_collection_may_wait_for_another_run(project: Project) -> None:
    project.write(
        """
        import pytest
        from pytest_llm import satisfies

        SPARE = satisfies(str.islower)

        @pytest.mark.parametrize("expected", [satisfies(str.isupper), satisfies(str.isascii)])
        def test_it(expected):
            assert "ABC" == expected
        """
    )

    project.run("-k", "expected0").assert_outcomes(passed=1, deselected=1)


def test_a_test_that_fails_or_skips_before_it_compares_keeps_its_own_outcome(project: Project) -> None:
    project.write(
        """
        import pytest
        from pytest_llm import satisfies

        def test_it():
            expected = satisfies(str.isupper)
            pytest.skip("not today")
            assert "ABC" == expected
        """
    )

    project.run().assert_outcomes(skipped=1)
