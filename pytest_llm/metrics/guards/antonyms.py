"""Antonyms: words that deny each other without a negation."""

from __future__ import annotations

from pytest_llm.metrics.guards.stems import stem

# Each line: words for one side | words for the other; the first word names the concept.
ANTONYMS = """
allow allowed permit permitted legal lawful | prohibit prohibited forbid forbidden ban banned disallow illegal
increase rise grow climb raise gain up soar surge jump rocket hike | decrease fall drop decline reduce lower shrink \
plunge sink down slump plummet tumble dip dwindle diminish
open | closed close shut
accept approve approved endorse ratify adopt | veto rebuff spurn reject refuse decline deny denied block blocked
always | never
all everyone everybody | none nobody
safe harmless | unsafe dangerous hazardous harmful
enable | disable deactivate
include inclusive cover | exclude exclusive omit
succeed success successful successfully pass | fail failure
positive | negative
true | false
profit surplus | loss deficit shortfall
possible | impossible
able | unable
agree | disagree
like | dislike
appear | disappear
connect | disconnect
active activate | inactive deactivate
mutable changeable | immutable unchangeable
valid | invalid invalidate invalidated void expired
public | private
guilty convict convicted | innocent acquit acquitted
alive survive survived | dead die died killed perish
healthy | sick ill unwell
early | late
on | off
win | lose
add | remove
start begin | stop
improve | worsen deteriorate degrade
strengthen | weaken
expand | contract
encourage recommend advise | discourage
change modify alter | unchanged
confirm | deny refute disprove contradict
support | oppose
grant | revoke
likely probable | unlikely improbable
agree | refuse
common frequent widespread | rare uncommon scarce infrequent
correct right | incorrect wrong
complete | incomplete
guaranteed | unguaranteed
online | offline
full | empty
hot | cold
expensive | cheap inexpensive affordable
temporary | permanent
internal | external
maximum | minimum
upper | lower
first | last
better best | worse worst
love | hate
remember | forget
push | pull
visible | hidden invisible
import | export
synchronous | asynchronous
vegetarian vegan | nonvegetarian
ascending | descending
horizontal | vertical
deposit | withdraw withdrawal
hire recruit | fire sack
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
need require required requires necessary mandatory compulsory obligatory | unnecessary optional voluntary \
discretionary dispensable
receive obtain | lack
work function operate operational functional intact | malfunction broken faulty defective
find found detect detected present | missing lost absent
know aware | unaware
eligible entitled | ineligible
secure | insecure
satisfied happy | dissatisfied unhappy
apply | exempt
available | unavailable
victory victor triumph | defeat
uphold upheld | overturn overturned quash annul
praise | criticize criticise
lock | unlock
install | uninstall
subscribe | unsubscribe
encrypt | decrypt
compress | decompress
acquit | convict
freeze | thaw
wet | dry
clean sterile | dirty contaminated filthy
major | minor
senior | junior
domestic | foreign
attack | defend
odd | even
benign | malignant
acute | chronic
advance progress | retreat recede
suitable appropriate | unsuitable inappropriate
waive | charge
legal | illicit
credit | debit
gain | lose
inside indoors | outside outdoors
optimistic | pessimistic
tighten | loosen
hire | dismiss
promote | demote
bullish | bearish
fresh | stale rotten
raw | cooked
sweet | sour
day | night
arrive | depart
liable | exempt
solvent | insolvent
keep retain preserve | scrap abolish abandon discontinue discard axe
fulfil fulfill comply honour | breach violate infringe
prove | disprove refute
reveal disclose | conceal withhold
accelerate | decelerate
attach | detach
release | detain imprison jail arrest
detachable removable | integrated
sufficient enough adequate ample | insufficient inadequate
stable steady | volatile fluctuating unstable
flexible | rigid inflexible
asleep | awake
crowded busy | deserted quiet
sharp | blunt dull
smooth | rough bumpy
thick | thin
tight | loose
bright | dark dim
loud noisy | quiet silent
polite | rude
honest | dishonest
married | unmarried divorced
toxic poisonous | nontoxic
edible | inedible
manual manually | automatic automatically
natural | artificial synthetic
urban | rural
ancient | modern
wholesale | retail
gross | net
adjustable | nonadjustable
conscious | unconscious
vacant unoccupied | occupied
unanimous unanimously | divided
majority | minority
ally friend friendly | enemy opponent hostile
supporter proponent | opponent critic
ascend | descend
inhale | exhale
attract | repel
absorb | emit
melt | freeze
evaporate | condense
inflate | deflate
boom | recession
warm | cool
stimulate | inhibit suppress
oral orally | intravenous intravenously
dominant | recessive
acidic | alkaline
concave | convex
frontend | backend
input | output
static statically | dynamic dynamically
serial sequential sequentially | parallel concurrently
lazy lazily | eager eagerly
stateful | stateless
virtual | physical
analog analogue | digital
wired | wireless
inbound incoming | outbound outgoing
upstream | downstream
singular | plural
former | latter
best | worst
entrance entry | exit
arrival | departure
beginning | ending
top | bottom
front | rear back
ceiling | floor
win victory | defeat
winner | loser
profitable | unprofitable lossmaking
punctual punctually | late delayed delay
available | unavailable
postpone delay cancel | advance expedite proceed
renew extend | terminate cancel
merge | split
borrow | repay
praise applaud commend | condemn blame criticize criticise
welcome | unwelcome
trust | distrust mistrust
hope | despair
peace | war
prevent avert | cause
solve resolve | aggravate
obey | disobey
cheerful joyful | gloomy miserable
delighted pleased satisfied | disappointed annoyed displeased
relaxed calm | tense anxious nervous
confident | doubtful
friendly | unfriendly
lenient | strict stringent
generous | stingy
ripe | unripe
waterproof watertight | leaky
pass | fail
reduce lower | raise
nearby | distant remote
inner | outer
interior | exterior
simple | complex complicated
specific | general
literal | figurative
formal | informal
official | unofficial
anonymous anonymously | named
voluntary voluntarily | forced
single | multiple
everywhere | nowhere
something | nothing
forever permanently | temporarily
exact exactly | approximate approximately
directly | indirectly
partially partly | completely fully entirely wholly
frequently often | rarely seldom
quickly rapidly | slowly gradually
publicly | privately
separately individually | jointly together
alone | together
forwards forward | backwards backward
overestimate overestimated | underestimate underestimated
overpaid | underpaid
understate understated | exaggerate exaggerated overstate overstated
hyperactive | hypoactive
preoperative | postoperative
preceding previous | following subsequent
acknowledge admit confess | dispute deny
score | miss
"""
# Turned round they mean the same: "A is larger than B", "B is smaller than A".
CONVERSE = frozenset(
    "above before buy lend large tall old high fast long heavy strong more rich deep wide hard near parent precede "
    "employer expensive hot better win early like".split()
)
# Words of the table that say little by themselves: too many other meanings.
LOOSE = frozenset(
    "on off up down first cover keep release attach quiet busy fixed free cool warm net dark bright fresh top bottom "
    "back front rear single multiple general specific named former latter advance void expired following previous "
    "delay extend cancel raise something nothing merge split together alone war peace hope friend critic output input "
    "retail calm tense general thin thick floor ceiling entry exit modern natural physical digital remote exact "
    "directly fully completely partly entirely frequently often quickly slowly forward back backward cause prevent "
    "welcome simple repay borrow steady stable ill dull sharp rough smooth first last like right short light hard "
    "little present contract fire little follow "
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
