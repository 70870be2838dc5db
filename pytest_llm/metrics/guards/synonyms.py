"""Words that say the same in most sentences, and words so general that they stand for many others."""

from __future__ import annotations

from functools import lru_cache

from pytest_llm.metrics.guards.kinds import KINDS
from pytest_llm.metrics.guards.stems import stem

# Words that may replace each other, group by group. A word may stand in several groups.
_SYNONYMS = """
suggest point indicate imply / victory win triumph success / judge court tribunal bench / students class pupils course
/ stranger unknown man visitor intruder / speaker presenter lecturer host / link connection association relationship
relation correlation tie / relationship link bond / outage downtime disruption interruption failure / disruption
interruption disturbance delay / conclusion finding end result / decision ruling verdict judgment judgement choice /
verdict ruling judgment judgement / sentence punishment penalty / fine penalty charge / argument dispute quarrel row
debate / agreement consensus settlement pact treaty accord / treaty pact accord agreement / evidence proof indication
/ suggestion recommendation proposal idea / proposal bid plan offer motion suggestion / bid offer tender / notice
warning announcement notification / announcement statement declaration / statement declaration remark claim /
instructions directions guidelines guide guidance manual / manual handbook guide / guide handbook tutorial / example
instance case sample / instance example occurrence / sample specimen / type kind sort variety category / category
class group type / topic subject theme issue / subject topic theme / summary overview abstract synopsis outline /
overview summary outline / headquarters office base hq / office headquarters workplace bureau / branch office location
/ factory plant works mill facility / plant factory facility / warehouse depot store / supplier vendor provider /
provider supplier vendor carrier / carrier airline operator / airline carrier / operator carrier provider / competitor
rival opponent / rival competitor opponent / opponent rival adversary / partner associate collaborator / ally partner
/ investor shareholder backer / shareholder stockholder investor / stakeholder / founder creator / creator founder
inventor author / inventor creator / expert specialist professional authority / specialist expert consultant /
consultant adviser advisor specialist / adviser advisor consultant counsel / assistant helper aide / helper assistant
aide / trainee apprentice intern novice / beginner novice newcomer / newcomer beginner / applicant candidate /
candidate applicant nominee contender / tenant renter occupant lessee / landlord owner lessor / resident inhabitant
citizen local occupant / citizen resident national / inhabitant resident / neighbour neighbor / traveller traveler
passenger tourist visitor / tourist visitor traveller traveler / visitor guest tourist attendee / guest visitor
attendee / attendee participant visitor guest / participant attendee entrant / spectator viewer fan / viewer spectator
audience watcher / audience spectators crowd viewers public / crowd audience mob throng / public audience people /
soldier troops trooper / troops soldiers forces / police officer cop policeman / officer policeman cop official /
thief burglar robber / robber thief / burglar thief intruder / criminal offender felon / offender criminal perpetrator
/ victim casualty / casualty victim / theft robbery burglary stealing / crime offence offense / offence offense crime
violation / violation breach infringement offence offense / breach violation / attack assault raid / assault attack /
fight battle struggle / struggle fight battle / explosion blast / blast explosion / fire blaze / blaze fire /
collision crash accident / accident crash collision mishap / crash accident collision / injury wound harm / wound
injury cut / harm damage injury / damage harm destruction / destruction damage / hunger starvation famine / famine
hunger / poverty / wealth riches fortune / fortune wealth / fear dread / joy happiness delight / happiness joy / anger
rage fury / sorrow grief sadness / grief sorrow sadness / love affection / hatred hate / wish desire / desire wish /
dream / belief faith conviction / faith belief / opinion view viewpoint perspective / view opinion perspective /
perspective view viewpoint angle / approach strategy / strategy plan approach / tactic strategy / talent skill gift
ability / skill ability talent expertise competence / ability capability capacity skill / capacity capability ability
volume / knowledge understanding expertise / understanding knowledge comprehension / experience expertise / training
education instruction / education schooling training / lecture talk presentation speech / talk lecture presentation
speech / presentation talk lecture / speech address talk / conference convention summit meeting / summit conference
meeting / convention conference / workshop seminar session / seminar workshop / party celebration / celebration party
festival / festival celebration fair / fair exhibition festival / exhibition exhibit show display / show performance
program / performance show / concert gig performance / gig concert / match game / game match / contest competition
tournament / competition contest tournament / tournament competition championship / championship title tournament /
trophy cup prize award / prize award / award prize honour honor / medal / goal point / score result / race contest /
team side squad club / coach trainer manager / trainer coach / stadium arena ground / arena stadium / song track tune
/ track song / tune melody song / melody tune / record album / album record / picture painting portrait / portrait
picture painting / statue sculpture / sculpture statue / poem verse / novel book / magazine journal periodical /
journal magazine / newspaper paper press / paper newspaper article study / press media / channel station / station
channel stop / stop station / shop store / market marketplace bazaar / mall centre center / supermarket grocery store
/ grocery supermarket / restaurant eatery diner cafe / eatery restaurant / cafe coffeehouse / pub bar tavern / bar pub
/ hotel inn lodging / inn hotel / accommodation lodging housing / lodging accommodation / suitcase luggage baggage bag
/ luggage baggage bags suitcase / baggage luggage / bag sack / sack bag / box carton case container package / carton
box / container vessel box / bottle flask / cup mug / mug cup / bowl dish / pot pan saucepan / pan pot skillet /
skillet pan / stove cooker hob / rubbish garbage trash waste litter / garbage trash rubbish / trash rubbish garbage
bin / waste rubbish / bin trash / carpet rug / rug carpet mat / curtain drape blind / lamp light / light lamp lighting
/ lift elevator / elevator lift / stairs steps staircase / staircase stairs / corridor hallway hall passage / hallway
corridor / entrance entry door doorway / exit way / gate door entrance / fence barrier / barrier obstacle fence /
obstacle barrier hurdle / path trail track way / trail path / route way path course / lane / pavement sidewalk /
motorway highway freeway / freeway motorway highway / highway motorway freeway road / bridge overpass / hill slope /
slope hill / woods forest woodland / forest woods woodland / woodland forest / beach shore coast seaside / shore coast
beach / coast shore seaside coastline / stream brook creek / creek stream / pond lake / swamp marsh / field meadow /
meadow field / farm ranch / barn shed / shed hut / hut cabin shed / cabin hut / castle fortress palace / palace castle
/ tomb grave / grave tomb / cemetery graveyard / church chapel / priest clergyman minister pastor / minister priest
secretary / god deity / soul spirit / ghost spirit / king monarch ruler sovereign / monarch king queen ruler sovereign
/ ruler monarch leader / emperor ruler / empire kingdom / government administration state authorities cabinet /
administration government / parliament legislature assembly congress / congress parliament / law legislation / tax
levy duty / levy tax duty / tariff duty levy / budget spending finances / debt liability loan / loan credit debt /
credit loan / mortgage loan / interest / savings money / pension retirement / insurance cover coverage / coverage
cover protection insurance / protection security coverage safety / security safety protection / safety security / lock
bolt / code program script / script code program / bug defect error issue flaw / flaw defect weakness bug
vulnerability / vulnerability weakness flaw / weakness flaw shortcoming / shortcoming weakness drawback / drawback
disadvantage downside / downside drawback disadvantage / disadvantage drawback / advantage benefit plus / benefit
advantage / request query call / query request question search / question query / cache buffer / queue line / thread /
module component package library / component module part element / element component item part / library package
framework module / framework library / interface api / endpoint api route / repository repo codebase / repo repository
/ codebase repository / parameter argument setting / attribute property field / property attribute / field column
attribute / column field / row record line / table grid / chart graph diagram figure / graph chart plot diagram /
diagram chart figure drawing / figure number diagram chart / map chart / tab window / window dialog / dialog popup
window / popup dialog window / menu list / cursor pointer / icon symbol / symbol sign icon character / character
letter symbol / digit number numeral / string text / text string / token key / credential password login / username
login id / id identifier number / identifier id / email mail message / inbox mailbox / mailbox inbox / attachment file
/ backup copy / copy backup duplicate / draft version / deployment release rollout / rollout release launch deployment
/ launch release rollout / release launch version edition publication / publication release issue / downtime outage /
maintenance servicing upkeep service / repair fix / fix repair patch solution remedy / solution fix answer remedy /
remedy cure solution / cure remedy / vaccine jab shot vaccination / shot jab injection / jab shot vaccine / injection
shot / pill tablet / cream ointment / bandage dressing plaster / dressing bandage / clinic practice surgery / ward
unit / physician doctor / nurse carer / carer caregiver nurse / caregiver carer / illness disease / infection disease
/ virus pathogen / pathogen germ virus / germ microbe pathogen / microbe microorganism germ / sore wound / itch rash /
stroke / heart / blood / bone / belly stomach abdomen tummy / abdomen stomach belly / stomach belly abdomen / throat
neck / skin / hair / face / mouth / lungs / glucose sugar / sugar glucose sweetener / salt sodium / fat grease / oil
fat / flour / meat flesh / vegetables veggies / fruit / dessert pudding sweet / snack bite / dinner meal supper /
lunch meal / breakfast meal / drink beverage / beverage drink / alcohol booze liquor spirits / liquor spirits alcohol
/ cigarette smoke tobacco / smoking tobacco / close shut / olympics games / deadline close end / extend move prolong /
session runs meeting / loss lose lost / postpone move reschedule shift delay / discussion debate talks / available
possible offered provided accessible permitted allowed accepted / get receive obtain acquire gain collect / give
provide offer supply grant deliver / send ship dispatch mail post deliver forward transmit / buy purchase order
acquire / start begin commence launch initiate open originate / end finish conclude terminate close stop complete
expire cease / cancel terminate end revoke annul / show display present indicate reveal demonstrate / shows suggests
indicates reveals demonstrates proves / use utilise utilize employ apply operate / need require want must demand /
help assist support aid / fix repair correct resolve solve mend patch address / make create build produce manufacture
generate construct form / create establish found set write generate / change modify alter adjust edit update amend
revise / keep retain maintain preserve hold store save / store save keep hold retain / return returns back send /
delete remove erase erases clear eliminate discard wipe drop / check verify inspect examine review test validate
confirm audit / confirm verify validate acknowledge / choose select pick opt / select click tap press choose hit /
find locate discover detect identify / say state claim tell announce report declare mention note write / announce
unveil reveal report publish declare / ask request inquire query demand / answer reply respond / think believe
consider expect assume suppose / expect anticipate predict forecast project / large big huge great major sizable
substantial significant considerable enormous massive / small little tiny minor slight modest minimal compact / fast
quick rapid speedy prompt swift / quickly rapidly fast promptly swiftly speedily immediately / immediately instantly
promptly straight right once directly / slow gradual sluggish / slowly gradually / important essential crucial vital
key critical significant major / main primary chief principal key major leading central / hard difficult tough
challenging tricky / easy simple straightforward effortless / good great excellent fine nice / bad poor terrible awful
/ new recent novel latest fresh modern / old former previous prior earlier past ancient / whole entire complete full
total all / full complete entire whole total / many numerous several various multiple lots plenty countless / several
some few various multiple / enough sufficient adequate / extra additional further more supplementary / often
frequently regularly commonly usually / usually normally typically generally ordinarily commonly / sometimes
occasionally / rarely seldom hardly / about approximately roughly around nearly almost circa / nearly almost
practically virtually / only solely just merely exclusively / mainly mostly primarily chiefly largely predominantly /
also too additionally moreover / however but nevertheless / because since as / shop store retailer outlet boutique /
firm company business corporation enterprise organisation organization employer / parcel package delivery shipment box
order / item product article good goods merchandise thing / customer client buyer user shopper consumer guest
purchaser / worker employee staff colleague personnel / boss manager supervisor head chief director leader / meeting
call conference session appointment / meeting gathering assembly / appointment booking reservation visit / trip
journey travel voyage tour / holiday vacation leave / car vehicle automobile / house home residence dwelling property
/ apartment flat / road street highway / city town municipality / nation country state / child kid youngster infant /
children kids youngsters / person individual human people someone somebody anyone resident / people persons
individuals humans folks residents participants / man guy gentleman / woman lady / film movie picture / book volume
title / job position role post work / task job assignment chore / salary wage pay earnings income / price cost fee
charge rate amount / fee charge cost payment surcharge / money cash funds funding / refund reimbursement repayment /
refunded reimbursed repaid returned / bill invoice account / discount reduction rebate / deadline date limit / fault
error bug defect mistake flaw failure problem issue / problem issue trouble difficulty / error mistake exception
failure / crash fail break hang / crashes fails breaks hangs / illness disease sickness condition disorder / drug
medicine medication medicament treatment / doctor physician / doctors physicians clinicians / symptom sign / treatment
therapy care / operation surgery procedure / patient person subject / dose dosage amount / harmful damaging dangerous
hazardous unsafe risky / safe secure harmless / injure hurt harm wound / kill slay / die perish / test exam
examination trial quiz / trial study experiment / study research investigation survey / study studies / result outcome
finding / cause lead trigger produce result / reason cause explanation / effect impact influence consequence / affect
influence impact / increase rise grow climb raise boost grew up jump surge gain expand go improve / decrease fall drop
decline reduce lower shrink cut plunge sink diminish lessen go / improve enhance better boost upgrade / speed velocity
/ allow permit let enable authorize authorise / forbid prohibit ban disallow bar / prevent stop block avoid hinder /
protect guard shield defend / reject refuse decline deny turn / accept agree approve / approve authorise authorize
endorse ratify accept pass / approved authorised authorized endorsed ratified accepted passed / postpone delay defer
put / delayed postponed late deferred / win beat defeat overcome / beat defeat / contain include hold comprise /
include contain comprise cover / consist comprise / happen occur place / occur happen arise / stay remain / remain
stay continue keep / live reside dwell stay / lives resides dwells stays / move relocate transfer shift / go travel
head walk drive / arrive come reach land / leave depart go exit / enter join access / meet gather assemble / speak
talk / tell inform notify advise / notify inform alert tell / contact reach call email / visit see / watch see view
observe / see view notice observe spot / understand comprehend grasp / learn study / teach instruct educate train /
explain describe clarify / describe explain depict portray / discuss debate / sign ratify / sign signature / law
statute legislation act rule / rule regulation policy guideline / contract agreement deal / court tribunal / judge
justice / lawyer attorney counsel solicitor / clear obvious plain evident / correct right accurate true / wrong
incorrect false mistaken / true correct right / broken damaged defective faulty / damaged broken defective faulty /
empty vacant / free complimentary gratis / costly expensive pricey dear / cheap inexpensive affordable / rich wealthy
affluent / happy glad pleased satisfied delighted / sad unhappy / angry furious / tired exhausted / sick ill unwell /
begin start / beautiful pretty lovely / famous known renowned celebrated / popular beloved loved / common frequent
widespread usual prevalent / rare uncommon unusual / strong powerful robust / weak feeble / quiet silent calm / loud
noisy / noise sound / hot warm / cold chilly cool / wet damp moist / clever smart intelligent / stupid dumb / warranty
guarantee / password passcode / computer machine pc / phone smartphone telephone mobile / website site webpage / page
site / app application program software / application program / picture image photo photograph / document file record
/ file document / folder directory / function method routine procedure / method approach technique way procedure /
list array sequence / value number / object instance / argument parameter / key button / settings preferences options
configuration / option setting choice / feature function capability / version release edition / update upgrade /
upgrade update / install set / run execute perform launch / perform execute carry conduct do / conduct perform carry
run do / return give yield / print output display write / read load open / write save / link url hyperlink / log
record / login sign / account profile / database db store / server host / connect link join attach / area region zone
district place / place location spot site venue / near close next beside / edge border / top summit peak / bottom base
/ center centre middle / side / size dimension / length duration / duration length period time / period time span
duration term / time moment / year twelve / daily day / each every per / annually yearly year / team group crew squad
/ group team set / member participant / leader head chief / owner proprietor holder / boat ship vessel / weapon arm /
war conflict / battle fight / agree consent / consent permission approval agreement / permission authorisation
authorization approval consent / licence license permit / right entitlement / duty obligation responsibility /
responsible liable accountable / must should shall / may can might could / will shall / goal aim objective target
purpose / aim goal target / plan scheme intend / idea concept / part portion section component piece / section part
chapter / share portion part proportion percentage / fraction portion / half / amount quantity sum total / sum total
amount / total sum overall / rise increase / growth increase expansion / loss decrease reduction / profit earnings
gain / revenue income sales turnover / sales revenue turnover / expense cost spending / spend pay use / pay settle
spend cover / paid settled covered / owe due / hire recruit employ appoint engage / hired recruited employed appointed
/ dismiss fire sack / fired dismissed sacked / resign quit leave step / quit resign leave exit / promote advance /
appoint name elect / choose elect / elect vote / lead head run manage direct / manage run handle oversee supervise
lead / handle process manage deal treat / process handle deal / treat cure heal handle / cure treat heal / clean wash
/ mix stir combine blend / stir mix blend / combine mix merge join / cook prepare bake make / heat warm / chop cut
slice dice / cut slice chop / add put pour include / put place insert add set / pour add / attach fasten fix / eat
consume / drink consume / food meal / meal food dish / dish meal plate / water liquid / store shop / throw toss / pull
draw drag / carry transport bring take / bring take carry / take bring / hold keep / catch capture / grow cultivate
raise / plant crop / animal creature / insect bug / tree plant / sea ocean / stone rock / rain rainfall / wind breeze
/ storm / earth world globe / world globe planet earth / global worldwide international / international global /
national / local regional / foreign overseas / outside outdoors / inside indoors within / automatically automatic /
manually hand / currently now presently today / now currently presently / soon shortly / later afterwards subsequently
/ before prior / previously earlier before formerly / eventually finally ultimately / finally lastly eventually /
first initially / initially first originally / again anew / together jointly / separately individually / probably
likely / certainly definitely surely / perhaps maybe possibly / unfortunately sadly / therefore thus / fully
completely entirely totally / completely fully entirely totally wholly / partly partially / exactly precisely /
correctly properly rightly / properly correctly / safely securely / cover include / suitable appropriate fit proper
right / appropriate suitable proper / valid legitimate good effective / invalid void / active working running live /
require necessitate / necessary needed required essential / mandatory required compulsory obligatory / optional
voluntary / eligible entitled qualified / subscription plan membership / membership subscription / ticket pass / seat
place / room space / space room / support service help / service / complaint grievance / feedback comment review /
comment remark note / message note text / letter note / address location / name call title / called named known termed
/ term word / word term / language tongue / sentence phrase / story tale / news report / report account / article
piece / author writer / singer vocalist / actor performer / artist painter / painter artist / musician player / player
athlete / student pupil learner / teacher instructor tutor / school college / class course lesson / course class
programme / programme program scheme project / project programme scheme initiative / device gadget unit machine
appliance / machine device unit / equipment gear / tool instrument utility / engine motor / battery cell / screen
display monitor / cable cord wire lead / power electricity energy / fuel petrol gasoline / energy power / pressure
stress / weight mass / height altitude elevation / warning alert caution / alert warning notification / notification
alert message / danger hazard risk threat / risk danger hazard chance / chance probability likelihood odds /
probability chance likelihood / limit cap maximum ceiling restriction / restriction limit limitation / restrict limit
/ exceed surpass top / reach attain achieve hit / achieve attain reach / success / fail / attempt try / try attempt
seek / seek look / look search / search look / wait / join enter merge / split divide separate / divide split /
separate split / share split divide / copy duplicate replicate / duplicate copy / original / exact precise /
approximate rough / rapid quick / steady stable constant / stable steady / reliable dependable / flexible adaptable /
similar alike comparable / different distinct other / same identical equal / identical same / unique / special
particular specific / specific particular certain / particular specific special / general overall / public open /
private personal / personal private individual / secret confidential / confidential secret private / official formal /
normal usual regular standard / standard normal default regular / regular normal standard usual / default standard /
extended prolonged lengthened / prolong extend lengthen / shorten cut reduce / short brief / brief short / long
lengthy / thin slim / wide broad / broad wide / deep / high elevated tall / elevated raised high / tall high / low /
severe serious grave acute / serious severe grave / mild slight light / acute sudden / chronic persistent / swelling
inflammation / ache pain / pain ache discomfort / tumour growth / fracture break / fever temperature / physician /
baby infant newborn / mother mum mom / father dad / husband spouse / wife spouse / partner spouse / wedding marriage /
marry wed / dead deceased / pregnant expecting / elderly old senior / adult grown / teenager adolescent teen
"""
_NONE: frozenset[object] = frozenset()
_NEAR: dict[str, frozenset[object]] = {}
for _number, _line in enumerate(_SYNONYMS.split("/")):
    for _word in _line.split():
        for _form in {_word, stem(_word)}:
            _NEAR[_form] = _NEAR.get(_form, frozenset()) | {_number}
for _word, _kind in KINDS.items():
    for _form in {_word, stem(_word)}:
        _NEAR[_form] = _NEAR.get(_form, frozenset()).union(_kind)

GENERAL = frozenset(
    "thing item product article person people someone somebody anyone everyone individual user customer client company "
    "firm business organisation organization institution place location area region site facility building device tool "
    "system platform service program programme application software unit machine equipment substance material liquid "
    "animal creature plant food meal dish drink vehicle transport group team party body member staff worker employee "
    "participant applicant candidate case issue problem matter situation event process procedure step action activity "
    "operation task work job project document file text data information detail content message record entry value "
    "number amount level rate part section kind type sort form way method option feature change result one part fact "
    "official expert scientist researcher author they these those others other authority agency government "
    "leader head title name term word story condition state period time date day point area field side end "
    "make made do does did done get got be become use used put set go went come came take took have keep let".split()
)


def synonymous(one: str, other: str, stems: tuple[str, str]) -> bool:
    """Return whether two words, in lower case, may say the same."""
    if one in GENERAL or other in GENERAL or stems[0] in GENERAL or stems[1] in GENERAL:
        return True
    return alternatives((one, stems[0]), (other, stems[1]))


def alternatives(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Return whether two words with their stems stand in one line of the table."""
    mine = lines(*one)
    return bool(mine) and not mine.isdisjoint(lines(*other))


@lru_cache(4096)
def lines(low: str, root: str) -> frozenset[object]:
    """Return the lines of the table that a word with its stem stands in."""
    return _NEAR.get(low, _NONE) | _NEAR.get(root, _NONE)
