"""English words without their endings, for comparing."""

from __future__ import annotations

from functools import lru_cache

__all__ = ["stem"]

_DOUBLED = frozenset("bdgmnprt")
_IRREGULAR = {
    word: root
    for root, words in (
        line.split(":")
        for line in (
            "ris:rose risen,fall:fell fallen,buy:bought,pay:paid,sell:sold,los:lost losing,win:won winning,"
            "giv:gave given,tak:took taken,lead:led,beat:beaten,"
            "see:saw seen,send:sent,lend:lent,teach:taught,tell:told,find:found,"
            "go:went gone,com:came,mak:made,leav:left,hold:held,writ:wrote written writing,driv:drove driven,keep:kept,"
            "begin:began begun beginning,build:built,bring:brought,catch:caught,eat:ate eaten,choos:chose chosen,"
            "forbid:forbade forbidden,grow:grew grown,shrink:shrank shrunk,sink:sank sunk,hid:hidden,know:knew known,"
            "us:use used uses using,di:die died dies dying,meet:met meeting,child:children,person:people persons,"
            "foot:feet,mous:mice,bacteria:bacterium,old:older elder oldest,larg:larger largest,small:smaller smallest,"
            "big:bigger biggest,young:younger youngest,high:higher highest,low:lower lowest,fast:faster fastest,"
            "slow:slower slowest,long:longer longest,short:shorter shortest,cheap:cheaper cheapest,heavy:heavier,"
            "light:lighter,good:better best,bad:worse worst,strong:stronger,weak:weaker,warm:warmer,cold:colder,"
            "hot:hotter,wid:wider,narrow:narrower,deep:deeper,near:nearer,far:farther further,early:earlier earliest,"
            "lat:later latest,saf:safer,hard:harder,eas:easier easy easily,rich:richer,poor:poorer,tall:taller,"
            "success:success successes,succeed:succeeded succeeding succeeds,need:need needs needed,open:"
            "opened opening opens,"
            "server:server servers,user:user users,owner:owner owners,order:order orders ordered,letter:letter,"
            "number:number numbers,customer:customer customers,member:member members,water:water,paper:paper,"
            "seller:seller sellers,buyer:buyer buyers,teacher:teacher teachers,driver:driver drivers,officer:officer,"
            "employer:employer employers,employee:employee employees,lender:lender,borrower:borrower,"
            "summer:summer,winter:winter,computer:computer,weather:weather,mother:mother,father:father,brother:brother,"
            "sister:sister,enter:enter entered enters,deliver:deliver delivered delivers,answer:answer answered,"
            "offer:offer offered offers,consider:consider considered,register:register registered,transfer:transfer "
            "transferred,refer:refer referred,paper:paper,matter:matter,manager:manager,winner:winner,loser:loser,"
            "bed:bed,red:red,speed:speed,feed:feed fed,seed:seed,ring:ring,king:king,thing:thing things,spring:spring,"
            "string:string strings,morning:morning,evening:evening,during:during,hundred:hundred,table:table tables"
        )
        .replace("\n", "")
        .split(",")
    )
    for word in words.split()
}


@lru_cache(8192)
def stem(low: str) -> str:
    """Return a word without its English endings; only good for comparing."""
    if low in _IRREGULAR:
        return _IRREGULAR[low]
    if len(low) < 4 or not low.isascii():
        return low
    if low.endswith("eed"):
        low = low[:-1]
    for ending, least in (("able", 4), ("ible", 4), ("ing", 3), ("ed", 3)):
        if low.endswith(ending) and len(low) - len(ending) >= least:
            return _undoubled(low[: -len(ending)])
    if low.endswith("ies") and len(low) > 4:
        return low[:-3] + "y"
    if low.endswith("es") and low[-3] in "sxzho":
        return _undoubled(low[:-2])
    if low.endswith("s") and not low.endswith(("ss", "us", "is")):
        low = low[:-1]
    return low[:-1] if low.endswith("e") else low


def _undoubled(root: str) -> str:
    if root.endswith("i"):
        return root[:-1] + "y"
    if len(root) > 3 and root[-1] == root[-2] and root[-1] in _DOUBLED:
        return root[:-1]
    return root[:-1] if root.endswith("e") else root
