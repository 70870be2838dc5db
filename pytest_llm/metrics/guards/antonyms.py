"""Antonyms: words that deny each other without a negation."""

from __future__ import annotations

from pytest_llm.metrics.guards.stems import stem

# Each line: words for one side | words for the other; the first word names the concept.
ANTONYMS = """
allow allowed permit permitted legal lawful | prohibit prohibited forbid forbidden ban banned disallow illegal
increase rise grow climb raise gain up | decrease fall drop decline reduce lower shrink plunge sink down
open | closed close shut
accept approve approved | reject refuse decline deny denied block blocked
always | never
all everyone everybody | none nobody
safe harmless | unsafe dangerous hazardous harmful
enable | disable
include inclusive | exclude exclusive
succeed success successful successfully | fail failure
positive | negative
true | false
profit | loss
possible | impossible
able | unable
agree | disagree
like | dislike
appear | disappear
connect | disconnect
active activate | inactive deactivate
mutable changeable | immutable unchangeable
valid | invalid
mandatory compulsory obligatory | optional voluntary
public | private
guilty | innocent
alive | dead
healthy | sick
early | late
on | off
win | lose
add | remove
start begin | stop
improve | worsen deteriorate
strengthen | weaken
expand | contract
encourage | discourage
confirm | deny
support | oppose
grant | revoke
likely | unlikely
agree | refuse
common | rare uncommon
correct right | incorrect wrong
complete | incomplete
guaranteed | unguaranteed
online | offline
full | empty
hot | cold
expensive | cheap
temporary | permanent
internal | external
maximum | minimum
upper | lower
first | last
better best | worse worst
love | hate
remember | forget
push | pull
visible | hidden
import | export
synchronous | asynchronous
vegetarian vegan | nonvegetarian
ascending | descending
horizontal | vertical
deposit | withdraw withdrawal
hire | fire
above | below
before | after
buy purchase | sell
lend | borrow
large big | small little
tall | short
old | young
high | low
fast quick | slow
long | brief
heavy | light
strong | weak
more | less fewer
rich | poor
deep | shallow
wide | narrow
hard difficult | easy simple
near | far
parent | child
precede | follow
employer | employee
need require required requires necessary | unnecessary
receive obtain | lack
work function operate | malfunction
find found detect detected present | missing lost absent
know aware | unaware
eligible entitled | ineligible
secure | insecure
satisfied happy | dissatisfied unhappy
apply | exempt
available | unavailable
victory victor | defeat
uphold upheld | overturn overturned
praise | criticize criticise
lock | unlock
install | uninstall
subscribe | unsubscribe
encrypt | decrypt
compress | decompress
acquit | convict
freeze | thaw
wet | dry
clean | dirty
major | minor
senior | junior
domestic | foreign
attack | defend
odd | even
benign | malignant
acute | chronic
credit | debit
gain | lose
inside indoors | outside outdoors
optimistic | pessimistic
tighten | loosen
hire | dismiss
promote | demote
bullish | bearish
fresh | stale
raw | cooked
sweet | sour
day | night
arrive | depart
liable | exempt
solvent | insolvent
"""
# Turned round they mean the same: "A is larger than B", "B is smaller than A".
CONVERSE = frozenset(
    "above before buy lend large tall old high fast long heavy strong more rich deep wide hard near parent precede "
    "employer expensive hot better win early like".split()
)
# Words of the table that say little by themselves: too many other meanings.
LOOSE = frozenset(
    "on off up down first last like right short light hard little present contract fire little follow "
    "long lower gain more less fewer simple all low high early late parent child full private".split()
)


def _signs() -> dict[str, tuple[str, int]]:
    signs: dict[str, tuple[str, int]] = {}
    for line in ANTONYMS.strip().splitlines():
        good, _, bad = line.partition(" |")
        for sign, words in ((1, good), (-1, bad)):
            for word in words.split():
                signs.setdefault(word, (good.split()[0], sign))
    return signs


SIGNS = _signs()


def _sides() -> dict[str, frozenset[tuple[int, int]]]:
    sides: dict[str, frozenset[tuple[int, int]]] = {}
    for number, line in enumerate(ANTONYMS.strip().splitlines()):
        good, _, bad = line.partition(" |")
        for sign, words in ((1, good), (-1, bad)):
            for word in words.split():
                for form in (word, stem(word)):
                    sides[form] = sides.get(form, frozenset()) | {(number, sign)}
    return sides


SIDES = _sides()
