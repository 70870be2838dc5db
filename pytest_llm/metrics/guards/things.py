"""Names and their aliases."""

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
            "europe:european,europe|china:chinese,china|norway:norwegian,norway|macos:macos,mac|js:javascript,js|ts:typescript,ts|"
            "db:database,db|postgres:postgresql,postgres|k8s:kubernetes,k8s|ms:microsoft,msft|fb:facebook,meta|"
            "google:google,alphabet|covid:covid,coronavirus|fed:federal reserve,fed"
        ).split("|")
    )
    for name in names.split(",")
}

# Words with other meanings, which count only where the words beside them are the same.
AMBIGUOUS = frozenset(
    "left right he she his her him himself herself back son daughter nephew niece husband wife parent child call "
    "check post order head chair lead organ letter watch share will set get put store date saw master signal main "
    "text bed "
    "drops patch cream ring gold silver bronze second stock march lease plan party cell ear port light watch "
    "general club season spring fall cook shark master rock pop folk main orange turkey list heart hand foot head "
    "mint date edge post duck array tablet".split()
)

# Words that many names have in common.
HEADS = frozenset(
    "sea ocean river lake mount mountain street avenue road square park island bay city county state university "
    "college "
    "school institute hospital bank airport station museum theatre theater church bridge tower palace house group "
    "company corporation department ministry minister president professor king queen prince princess saint lord lady "
    "sir captain general judge senator court act union league cup prize award club team press times news agency".split()
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
