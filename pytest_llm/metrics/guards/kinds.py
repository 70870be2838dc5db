"""Kinds of things of which a sentence means one and not another."""

from __future__ import annotations

# Each line is a kind; words joined by = are the same thing.
_KINDS = """
red green blue yellow orange purple pink black white brown grey=gray violet turquoise beige crimson scarlet teal amber
left right
north=northern south=southern east=eastern west=western northeast=northeastern northwest=northwestern southeast \
southwest
clockwise counterclockwise=anticlockwise
upstairs downstairs
trout herring mackerel salmon cod haddock
beef chicken pork lamb turkey salmon tuna tofu shrimp=prawn veal duck bacon ham sausage cod venison tempeh
butter margarine oil lard
sugar salt flour honey vinegar yeast cornstarch
milk cream yoghurt=yogurt buttermilk
cheddar mozzarella parmesan feta brie gouda ricotta
apple banana cherry lemon lime pear peach mango grape strawberry raspberry blueberry plum apricot pineapple melon
onion garlic carrot potato tomato leek celery spinach broccoli cabbage cucumber lettuce pumpkin zucchini=courgette
wheat barley oats rye maize=corn soybean rice millet sorghum
coffee tea water juice wine beer whisky=whiskey vodka gin rum cocoa lemonade
breakfast lunch dinner=supper brunch
soup salad sandwich pizza stew curry
penicillin aspirin ibuprofen paracetamol=acetaminophen amoxicillin warfarin metformin insulin codeine morphine \
heparin statin atorvastatin simvastatin lisinopril amlodipine omeprazole prednisone doxycycline azithromycin \
ciprofloxacin fentanyl oxycodone sertraline fluoxetine lithium levothyroxine furosemide digoxin naproxen tramadol \
diazepam ketamine gabapentin losartan clopidogrel rivaroxaban apixaban
antibiotic antiviral antifungal antihistamine antidepressant painkiller=analgesic sedative steroid vaccine diuretic
tablet=pill injection syrup ointment=cream inhaler capsule patch drops infusion
heart=cardiac kidney=renal liver=hepatic lung=pulmonary brain=cerebral stomach=gastric pancreas=pancreatic spleen \
bladder thyroid intestine=bowel colon esophagus uterus prostate skin
arm leg back hand foot head neck shoulder ear eye nose mouth tooth finger toe chest abdomen
knee hip elbow ankle wrist
collarbone wrist ankle rib hip jaw kneecap skull
femur tibia fibula humerus radius ulna rib skull pelvis clavicle
artery vein
systolic diastolic
surgery radiotherapy chemotherapy physiotherapy
cardiologist neurologist dermatologist oncologist pediatrician psychiatrist radiologist surgeon urologist
cardiology neurology dermatology oncology pediatrics psychiatry radiology urology orthopedics
asthma diabetes cancer pneumonia malaria influenza=flu measles tuberculosis hepatitis stroke epilepsy arthritis \
bronchitis dementia=alzheimer parkinson cholera anemia hypertension hypotension eczema psoriasis migraine
fever cough headache=migraine nausea rash dizziness fatigue vomiting diarrhea constipation
hypertension hypotension
hyperglycemia hypoglycemia
hyperthyroidism hypothyroidism
dog=puppy cat=kitten horse cow sheep goat rabbit mouse rat pig donkey camel hamster
wolf bear fox lion tiger leopard elephant giraffe zebra monkey deer kangaroo
sparrow eagle owl pigeon crow parrot penguin swan goose hawk
whale dolphin shark seal octopus crab lobster
bee wasp ant butterfly spider mosquito beetle
oak pine birch maple willow beech spruce cedar
rose tulip lily daisy orchid sunflower
mother=mum=mom father=dad sister brother son daughter aunt uncle grandmother grandfather cousin nephew niece
husband wife
man woman
men women
male female
boy girl
king queen prince princess
he she
him her
his her
himself herself
car bus train=rail=railway plane=aeroplane=airplane=flight bicycle=bike tram ferry truck=lorry taxi=cab \
motorcycle=motorbike van subway \
helicopter scooter coach
airport harbour=harbor=port
gold silver copper bronze iron steel aluminium=aluminum zinc nickel titanium platinum lead brass tin
oxygen hydrogen nitrogen carbon helium sodium potassium calcium chlorine magnesium sulphur=sulfur argon phosphorus \
iodine
cotton wool silk leather polyester linen denim velvet nylon
wood=wooden plastic metal glass concrete brick stone marble rubber paper cardboard ceramic
cell tissue organ
proton neutron electron
dna rna
allergy infection injury inflammation deficiency
weight height age sex gender
list=array tuple dictionary=dict set
stack queue heap
integer=int string float=double boolean=bool
math=maths=mathematics physics chemistry biology history geography economics psychology philosophy literature sociology
lawyer=attorney=solicitor doctor=physician nurse teacher engineer pilot pharmacist dentist architect journalist \
accountant carpenter plumber electrician chef=cook baker farmer judge surgeon barber mechanic librarian scientist \
translator
ceo cfo cto coo
chairman=chairperson=chair president vicepresident secretary treasurer
minister mayor senator governor ambassador
bacteria=bacterial virus=viral fungus=fungal parasite
plaintiff=claimant defendant
prosecution=prosecutor defence=defense
landlord tenant
debit credit
email=mail phone=telephone=call fax letter=post chat=messenger sms
cash card cheque=check invoice paypal voucher bitcoin
visa mastercard amex
stripe paypal klarna adyen
windows macos linux=ubuntu android ios
gas electricity coal solar=sun wind nuclear diesel petrol=gasoline oil
square circle triangle rectangle pentagon hexagon oval
cube sphere cylinder cone pyramid
football=soccer basketball tennis baseball hockey rugby cricket golf volleyball badminton swimming boxing cycling
gold silver bronze
summer winter autumn=fall spring
vowel consonant
import export
upload download
get post put delete patch
http https ftp ssh
tcp udp
dollar euro pound yen yuan rupee franc peso krona
peanut shellfish egg soy gluten lactose sesame
basil parsley thyme oregano rosemary coriander=cilantro mint dill sage
cinnamon pepper paprika cumin turmeric ginger nutmeg saffron
rice pasta=spaghetti noodles quinoa couscous bread
walnut almond hazelnut cashew pistachio peanut
piano violin guitar cello drums=drum flute trumpet saxophone clarinet harp organ
mercury venus earth mars jupiter saturn uranus neptune pluto
moon sun
png jpg=jpeg gif svg pdf csv json xml yaml=yml docx xlsx parquet html mp3 mp4 wav zip txt markdown
python javascript=js java rust kotlin ruby php perl swift scala golang typescript=ts haskell cobol fortran
mysql postgresql=postgres sqlite mongodb redis mariadb cassandra oracle
aws azure gcp
docker podman
react angular vue svelte
pytorch tensorflow
main=master develop
chrome firefox safari edge opera
git mercurial subversion
slack teams zoom skype whatsapp telegram discord signal
jira trello asana
word excel powerpoint outlook
vitamin mineral
protein fat carbohydrate=carb fibre=fiber
headphones=headset=earbuds speakers microphone keyboard monitor=screen=display mouse webcam
laptop=notebook tablet phone=smartphone printer camera television=tv scanner router server
cpu gpu
ram ssd hdd disk=drive
menu toolbar sidebar header footer
button checkbox dropdown slider
shirt trousers=pants jeans dress jacket=coat shoes=shoe socks=sock hat skirt sweater scarf gloves=glove boots
chair table sofa=couch desk bed bookcase=bookshelf wardrobe stool lamp armchair hammock cabinet=cupboard mattress
hammer screwdriver saw drill wrench=spanner pliers axe chisel
knife fork spoon
oven fridge=refrigerator freezer dishwasher microwave toaster kettle stove
kitchen bathroom bedroom garage basement=cellar attic garden=yard balcony hallway
door window roof wall floor ceiling
ring necklace bracelet watch earring
passport licence=license visa
birth death marriage divorce
deed will lease
invoice receipt contract quotation=quote
earthquake flood tornado drought hurricane volcano wildfire tsunami
rain=rainfall snow=snowfall sunshine hail fog
river lake sea ocean canal
mountain valley desert forest island
jazz rock pop blues techno reggae opera folk
novel poem=poetry play essay
painting sculpture photograph=photo
hotel hostel campsite apartment=flat
school university=college kindergarten
museum library theatre=theater cinema gallery zoo
bank pharmacy bakery supermarket restaurant=diner cafe
hospital clinic prison
church mosque synagogue temple
christian=christianity muslim=islam jewish=judaism hindu=hinduism buddhist=buddhism
army navy police
sales marketing finance=accounting engineering legal procurement logistics hr
bachelor=undergraduate master doctorate=phd
warranty insurance
mortgage
stock=share=equity bond
infection tumor=tumour fracture
parliament court
republican democrat=democratic
private public
morning evening afternoon midnight
alphabetical chronological numerical
inch centimetre=centimeter
petrol diesel
red-eye
supplier=vendor customer=client
buyer=purchaser seller
teacher student=pupil
doctor=physician patient
employer employee=worker
adult child=kid=minor infant=baby toddler teenager senior
passenger driver pilot
tenant landlord
author=writer reader editor publisher
sender recipient=receiver
lender borrower
parent child
english french german spanish italian portuguese dutch swedish norwegian danish finnish polish russian \
chinese=mandarin \
japanese korean arabic turkish hindi greek czech hungarian ukrainian thai vietnamese hebrew latin
"""
KINDS: dict[str, tuple[tuple[int, int], ...]] = {}
for _line, _things in enumerate(_KINDS.replace("\\\n", "").strip().splitlines()):
    for _item, _names in enumerate(_things.split()):
        for _word in _names.split("="):
            KINDS[_word] = (*KINDS.get(_word, ()), (_line, _item))
