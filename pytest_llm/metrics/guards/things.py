"""Names and their aliases, and kinds of things of which a sentence means one and not another."""

from __future__ import annotations

ALIASES = {
    name: key
    for key, names in (
        line.split(":")
        for line in (
            "us:united states,usa,america,american,us,united states of america|uk:united kingdom,britain,great britain,"
            "british,uk|eu:european union,eu|nyc:new york city,nyc,new york|un:united nations,un|la:los angeles,la|"
            "uae:united arab emirates,uae|who:world health organization,who|ai:artificial intelligence,ai|"
            "ml:machine learning,ml|sf:san francisco,sf|dc:washington dc,washington,dc|france:french,france|"
            "netherlands:dutch,netherlands,holland|switzerland:swiss,switzerland|spain:spanish,spain|"
            "ireland:irish,ireland|wales:welsh,wales|greece:greek,greece|denmark:danish,denmark|poland:polish,poland|"
            "sweden:swedish,sweden|turkey:turkish,turkey|finland:finnish,finland|england:english,england|"
            "europe:european,europe|china:chinese,china|norway:norwegian,norway|js:javascript,js|ts:typescript,ts|"
            "db:database,db|postgres:postgresql,postgres|k8s:kubernetes,k8s|ms:microsoft,msft|fb:facebook,meta|"
            "google:google,alphabet|covid:covid,coronavirus|fed:federal reserve,fed"
        ).split("|")
    )
    for name in names.split(",")
}

# Each line is a kind; words joined by = are the same thing.
_KINDS = """
red green blue yellow orange purple pink black white brown grey=gray violet turquoise
left right
north south east west
northern southern eastern western
upstairs downstairs
beef chicken pork lamb turkey salmon tuna tofu shrimp veal duck bacon
butter margarine oil lard
sugar salt flour honey
milk cream yoghurt=yogurt
apple banana cherry lemon lime pear peach mango grape strawberry
onion garlic carrot potato tomato leek celery
coffee tea water juice wine beer
breakfast lunch dinner
penicillin aspirin ibuprofen paracetamol=acetaminophen amoxicillin warfarin metformin insulin codeine morphine
heart kidney liver lung brain stomach pancreas spleen bladder
arm leg hand foot head neck shoulder knee
dog cat horse cow sheep goat rabbit mouse rat bird
mother father sister brother son daughter aunt uncle
husband wife
man woman
boy girl
king queen
he she
car bus train plane bicycle=bike tram ferry truck
gold silver copper bronze iron steel aluminium=aluminum
oxygen hydrogen nitrogen carbon helium
cotton wool silk leather polyester linen
list=array tuple dictionary=dict set
integer=int string float boolean=bool
math physics chemistry biology history
lawyer doctor nurse teacher engineer pilot
bacteria virus fungus
plaintiff defendant
debit credit
email phone fax
windows macos linux android ios
gas electricity
square circle triangle rectangle
football basketball tennis baseball hockey rugby cricket golf
summer winter autumn spring
vowel consonant
import export
upload download
dollar euro pound yen yuan rupee franc
peanut shellfish egg soy gluten lactose
basil parsley thyme oregano rosemary coriander=cilantro mint dill sage
cinnamon pepper paprika cumin turmeric ginger nutmeg
rice pasta noodles quinoa couscous
piano violin guitar cello drums flute trumpet
mars venus jupiter saturn mercury
knee hip elbow ankle wrist
png jpg jpeg gif svg pdf csv json xml yaml
python javascript java rust kotlin ruby
mysql postgresql sqlite mongodb
chrome firefox safari edge
vitamin mineral
headphones=headset=earbuds speakers microphone keyboard monitor mouse
laptop tablet phone=smartphone printer camera television
shirt trousers jeans dress jacket=coat shoes socks hat skirt sweater
chair table sofa desk bed bookcase
passport licence=license
earthquake flood tornado drought
rain snow sunshine hail fog
river lake sea ocean
jazz rock pop blues techno reggae
asthma diabetes cancer pneumonia malaria influenza=flu measles
"""
KINDS = {
    word: (line, item)
    for line, things in enumerate(_KINDS.strip().splitlines())
    for item, names in enumerate(things.split())
    for word in names.split("=")
}
# Words with other meanings, which count only where the words beside them are the same.
AMBIGUOUS = frozenset(
    "left right he she set orange turkey list heart hand foot head mint date edge post duck array tablet".split()
)

NAMES = frozenset(
    "google microsoft apple amazon meta facebook tesla nvidia intel amd ibm oracle samsung sony netflix uber "
    "twitter openai anthropic adobe spotify paypal stripe visa mastercard walmart ikea toyota honda bmw volkswagen "
    "ford nissan hyundai boeing airbus pfizer moderna nokia siemens nestle nike adidas starbucks disney lufthansa "
    "ryanair nasa fifa github gitlab argentina australia austria belgium brazil canada chile china colombia croatia "
    "cuba denmark egypt england finland france germany ghana greece hungary iceland india indonesia iran iraq "
    "ireland israel italy japan kenya korea malaysia mexico morocco netherlands nigeria norway pakistan peru "
    "philippines poland portugal romania russia scotland serbia singapore spain sweden switzerland taiwan thailand "
    "tunisia turkey uganda ukraine venezuela vietnam wales amsterdam athens bangkok barcelona beijing berlin bergen "
    "boston brussels cairo chicago copenhagen delhi dubai dublin edinburgh florence frankfurt geneva hamburg "
    "helsinki houston istanbul jakarta kyoto lisbon london lyon madrid manchester melbourne miami milan montreal "
    "moscow mumbai munich naples osaka oslo paris prague rome seattle seoul shanghai stockholm sydney tokyo toronto "
    "vancouver venice vienna warsaw zurich alice anna ben bob carlos carol charles chris daniel david diana emily "
    "emma eve frank george hannah henry ivan jack james jane jim joe john julia karen kate laura liam linda lisa "
    "lucas maria mary michael mike nick nina oliver olivia paul peter priya rachel robert sam sarah simon sofia "
    "sophie steve sue thomas tim tom einstein newton darwin shakespeare beethoven mozart bach picasso napoleon "
    "churchill lincoln washington obama trump biden python java javascript rust kubernetes docker linux windows "
    "android postgresql mysql redis".split()
)
