"""The words that hold English sentences together."""

from __future__ import annotations

ENGLISH = frozenset(
    "the is are were of and with from has have by this that you it on at for to be can not your our".split()
)
FOREIGN = frozenset(
    "der die das und ist nicht ein eine le la les et est une des du el los las y es por il di che een het van o que "
    "um uma os na och att det som er og til nie jest w z bir ve ne ja je se di yang dan ke si".split()
)
STOP = frozenset(
    "a an the this that these those my your his her its our their is are was were be been being am do does did done "
    "have has had having will would shall should can could may might must to of in on at by for with from as into "
    "onto and or nor but if then than so it he she they we you i me him them us there here who which what when "
    "where while because since until till unless although though also just only very too both either neither each "
    "every any all some such more most less least other another own same not no never about over under after before "
    "during between within without against through per up down out off again once how why s t d m re ll ve one ones "
    "upon via whose whom however therefore thus hence yes please get gets got".split()
)
DETERMINERS = frozenset("a an the this that these those my your his her its our their".split())
CLAUSE_WORDS = frozenset(
    "but because if when while whereas although though since so unless until which who whose once provided".split()
)
ABBREVIATIONS = frozenset("mr mrs ms dr prof st vs inc ltd co jr sr no approx dept fig e g i u jan feb mar apr".split())
# What the guards of numbers, dates and negation compare.
ELSEWHERE = frozenset(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred hundreds thousand million billion "
    "trillion dozen half quarter third twice double couple pair triple single first second monday tuesday wednesday "
    "thursday friday saturday sunday january february march april june july august september october november december "
    "today tomorrow yesterday tonight noon midday midnight pm am o'clock day days week weeks month months year years "
    "hour hours minute minutes daily weekly monthly yearly annual hourly percent dollars euros dollar euro cents "
    "celsius fahrenheit centigrade ms millisecond milliseconds second seconds kg g mg lb km m cm mm ml l gb mb kb tb "
    "tonne tonnes kilogram kilograms gram grams mile miles "
    "kilometre kilometres kilometer kilometers meter meters metre metres degree degrees past quarter quarters percent "
    "morning afternoon evening night decade century weekend weekday spring summer autumn winter nobody none nothing "
    "never always everyone everybody nowhere".split()
)
# What two do with each other: turned round it is the same.
MATES = frozenset("meet marri marry equal resembl differ cooperat collaborat agre".split())
