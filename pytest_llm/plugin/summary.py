"""What the terminal says at the end of a run: counted sentences, the remedy last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from pytest_llm.cassettes.files import shown
from pytest_llm.cassettes.folding import Folded
from pytest_llm.plugin.ledger import Account, Ledger
from pytest_llm.plugin.moved import move_command
from pytest_llm.plugin.robustness import robustness_lines
from pytest_llm.plugin.trial_summary import trial_lines
from pytest_llm.text import and_list, money, plural

__all__ = ["summary_lines"]

_NAMED = 3


def summary_lines(ledger: Ledger, unused_action: str) -> Iterator[str]:
    """Yield the lines of the section at the end of a run; none when there is nothing to say."""
    yield from ledger.judge_drift
    yield from _calls(ledger)
    yield from _errors(ledger)
    yield from _folded(ledger)
    yield from _moved(ledger)
    yield from _stale(ledger)
    yield from _scores(ledger)
    yield from trial_lines(ledger.trials)
    yield from _snapshots(ledger)
    yield from robustness_lines(ledger.relations)
    yield from _explored(ledger)
    yield from _unused(ledger, unused_action)
    yield from ledger.trouble
    yield from _ungraded(ledger)
    yield from ledger.probed
    yield from _misses(ledger)


def _calls(ledger: Ledger) -> Iterator[str]:
    said = []
    if replayed := int(ledger.sum("replayed")):
        saved = f"{ledger.sum('saved_seconds'):.1f} s"
        if cost := ledger.sum("saved_cost"):
            saved = f"{money(cost)} and {saved}"
        said.append(f"{plural(replayed, 'call')} replayed (saved {saved})")
    if calls := int(ledger.sum("calls")):
        recorded = int(ledger.sum("recorded"))
        what = "live" if not recorded else "recorded"
        said.append(f"{plural(calls, 'call')} {what} ({money(ledger.sum('spent'))} spent)")
    if said:
        yield f"{', '.join(said)}."
    unpriced = sorted({model for account in ledger.accounts.values() for model in account["unpriced"]})
    if unpriced:
        yield f"No price is known for {and_list(unpriced)}: counted as free. Give it one by pytest_llm_prices."


def _errors(ledger: Ledger) -> Iterator[str]:
    """Tell of answers that are errors where the test failed too: they replay as they are until recorded anew."""
    failed = [account for account in ledger.accounts.values() if account["errors"] and not account["passed"]]
    if failed:
        statuses = sorted({str(status) for account in failed for status in account["errors"]})
        nodes = " ".join(f'"{account["nodeid"]}"' for account in failed[:_NAMED]) if len(failed) <= _NAMED else ""
        yield (
            f"{plural(len(failed), 'test')} failed on calls that the provider answered with {and_list(statuses)}. "
            f"These are recorded too; to ask again: pytest --llm-record=all {nodes}".rstrip()
        )


def _folded(ledger: Ledger) -> Iterator[str]:
    for folded in ledger.folded:
        where = shown(folded.path)
        if folded.recovered:
            torn = " (its last line was torn and is left out)" if folded.torn else ""
            yield f"{plural(folded.recovered, 'recording')} of an interrupted run recovered into {where}{torn}."
        if folded.damaged:
            lines = "1 line is" if folded.damaged == 1 else f"{folded.damaged} lines are"
            yield f"{lines} damaged in a journal beside {where}; it is kept as *.damaged."
        if folded.set_aside is not None and not _is_in_review(folded, ledger):
            yield (
                f"{where} stands as it was: {and_list(folded.set_aside_tests)} did not pass on the new recordings. "
                f"To adopt them: mv {shown(folded.set_aside)} {where}"
            )


def _is_in_review(folded: Folded, ledger: Ledger) -> bool:
    """Say whether recordings that were set aside are adopted by accepting the answers that they gave."""
    waiting = {one["nodeid"] for one in ledger.snapshots if one["waits"]}
    tests = {account["nodeid"] for account in ledger.of(folded.path)}
    return {node for node in tests if node.partition("::")[2] in folded.set_aside_tests} <= waiting


def _moved(ledger: Ledger) -> Iterator[str]:
    moves = {a["adopted"]: a["cassette"] for a in ledger.accounts.values() if a["adopted"]}
    if moves:
        yield f"{plural(len(moves), 'test')} replayed recordings made under a former name. Move them:"
    answers = {old: new for a in ledger.accounts.values() for new, old in a["accepted"].items() if old}
    yield from (f"  {move_command(Path(old), Path(new))}" for old, new in moves.items())
    if answers:
        yield f"{plural(len(answers), 'answer')} accepted under a former name of the test. Move them:"
    yield from (f"  {move_command(Path(old), Path(new))}" for old, new in answers.items())


def _stale(ledger: Ledger) -> Iterator[str]:
    old: list[Account] = [account for account in ledger.accounts.values() if account["stale"]]
    if old:
        oldest = min(old, key=lambda account: str(account["stale"]))
        yield (
            f"{plural(len(old), 'test')} replayed recordings older than llm_max_age; the oldest is of "
            f'{oldest["stale"]}. Record it anew: pytest --llm-record=all "{oldest["nodeid"]}"'
        )


def _unused(ledger: Ledger, action: str) -> Iterator[str]:
    failed = "The run fails: no" if action == "fail" else "No"
    if ledger.unused and action == "delete":
        yield f"Deleted the recordings that no test used in {plural(len(ledger.unused), 'file')}:"
    elif ledger.unused:
        yield f"{failed} test used recordings in {plural(len(ledger.unused), 'file')} (pytest --llm-unused=delete):"
    yield from (f"  {unused}" for unused in ledger.unused)
    if ledger.unused_answers and action == "delete":
        yield f"Deleted {plural(len(ledger.unused_answers), 'answer')} that no test used:"
    elif ledger.unused_answers:
        yield f"{failed} test used {plural(len(ledger.unused_answers), 'answer')} (pytest --llm-unused=delete):"
    yield from (f"  {unused}" for unused in ledger.unused_answers)


def _scores(ledger: Ledger) -> Iterator[str]:
    recorded, embedded = (int(sum(told[name] for told in ledger.scores)) for name in ("recorded", "embedded"))
    if recorded:
        yield f"{plural(recorded, 'score')} of texts recorded ({plural(embedded, 'text')} embedded)."
    loose = [told for told in ledger.scores if told["unrecorded"]]
    if loose:
        count = sum(told["unrecorded"] for told in loose)
        nodes = " ".join(f'"{told["nodeid"]}"' for told in loose[:_NAMED]) if len(loose) <= _NAMED else ""
        yield (
            f"{plural(count, 'score')} of texts computed and not recorded: where no embedder is installed "
            f"{plural(len(loose), 'test')} cannot pass. Record them: pytest --llm-record=missing {nodes}".rstrip()
        )


def _explored(ledger: Ledger) -> Iterator[str]:
    """Tell of properties for which the budget did not suffice, and what of them was not tried."""
    for account in ledger.accounts.values():
        ran, planned = account["explored"]
        if planned:
            option = "--llm-live" if account["live"] else "--llm-record=missing"
            yield (
                f"{account['nodeid']} tried {ran} of up to {plural(planned, 'example')}, then the budget of live calls "
                f'was used up. To try all, give it more: pytest {option} "{account["nodeid"]}"'
            )
        elif ran:
            yield (
                f"{account['nodeid']} failed, and the budget of live calls was used up while the failing example was "
                "made smaller: an even smaller one may fail too."
            )


def _snapshots(ledger: Ledger) -> Iterator[str]:
    if ledger.snapshots:
        counts = Counter(str(one["cause"]).partition(": ")[0] for one in ledger.snapshots)
        yield f"{plural(len(ledger.snapshots), 'answer')} not accepted:"
        yield from (f"  {count} x {cause}" for cause, count in counts.most_common())
    if ledger.snapshots or any(account["refresh"] for account in ledger.accounts.values()):
        yield from _unchanged(ledger)
    if ledger.snapshots:
        yield from _review(ledger)


def _unchanged(ledger: Ledger) -> Iterator[str]:
    """Tell of the answers that are the accepted ones still."""
    changed = {one["path"] for one in ledger.snapshots}
    tests = [(a["nodeid"], set(a["accepted"]) - changed) for a in ledger.accounts.values()]
    same = [(node, len(paths)) for node, paths in tests if paths]
    if same:
        more = f" and {len(same) - _NAMED} more" if len(same) > _NAMED else ""
        named = ", ".join(node for node, _ in same[:_NAMED])
        yield f"{plural(sum(count for _, count in same), 'answer')} as accepted: {named}{more}."


def _review(ledger: Ledger) -> Iterator[str]:
    nodes = list(dict.fromkeys(f'"{one["nodeid"]}"' for one in ledger.snapshots))
    named = " ".join(nodes) if len(nodes) <= _NAMED else ""
    if not all(one["waits"] for one in ledger.snapshots):
        yield f"In CI nothing waits for review. Run it elsewhere: pytest {named}".rstrip()
        return
    if any(folded.set_aside is not None and _is_in_review(folded, ledger) for folded in ledger.folded):
        yield "Accepting an answer adopts the new recordings of its test."
    yield f"Review: pytest-llm review {named}".rstrip() + f"  Accept all: pytest --llm-accept {named}".rstrip()


def _ungraded(ledger: Ledger) -> Iterator[str]:
    if ledger.ungraded:
        nodes = " ".join(f'"{nodeid}"' for nodeid in ledger.ungraded) if len(ledger.ungraded) <= _NAMED else ""
        what = "1 test is" if len(ledger.ungraded) == 1 else f"{len(ledger.ungraded)} tests are"
        yield (
            f"{what} ungraded: the judge gave no grade that can be used, which is neither a pass nor a low grade. "
            f"Its answers are recorded; to ask again: pytest --llm-record=all {nodes}".rstrip()
        )


def _misses(ledger: Ledger) -> Iterator[str]:
    missing = [account for account in ledger.accounts.values() if account["misses"]]
    if len(missing) == 1:
        yield f"1 test lacks a recording. Record it: {missing[0]['misses'][0]['command']}"
    elif missing:
        nodes = " ".join(f'"{account["nodeid"]}"' for account in missing)
        if len(missing) > 5:
            nodes = "--last-failed" if len(missing) < len(ledger.accounts) else ""
        absent = all("--llm-record=once" in miss["command"] for account in missing for miss in account["misses"])
        mode = "once" if absent else "missing"
        command = f"pytest --llm-record={mode}{missing[0]['options']} {nodes}".rstrip()
        yield f"{len(missing)} tests lack a recording. Record them: {command}"
