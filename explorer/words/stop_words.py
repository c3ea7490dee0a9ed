"""Function words of several languages: left out of a query, and too common to name a subject.

`STOP_WORDS` are the English ones that a query goes without. The lists below them serve names of subjects:
class-based TF-IDF already lowers words that are everywhere; the lists are for libraries where a language is
not everywhere, so that a German cluster among English ones is not called "der, die, und". Written for
this project; each holds the articles, pronouns, prepositions, conjunctions and auxiliaries that are most
frequent in running text. Kept as people write them, lower case.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

# English function words, too frequent to tell passages apart. Left out: "not", "no", "us" (the country),
# "may" (the month) and words that can be the point of a question about figures ("more", "under", "above").
_ENGLISH = (
    "a about after again all also am an and any are as at be because been before being between both but "
    "by can could did do does doing don each for from further had has have having he her here hers "
    "herself him himself his how i if in into is isn it its itself just me might much must my myself of "
    "off on once only or other our ours ourselves out over own please shall she should so some such than "
    "that the their theirs them themselves then there these they this those through to too upon very was "
    "we were what when where which while who whom whose why will with would you your yours yourself "
    "yourselves"
)
STOP_WORDS = frozenset(_ENGLISH.split())


_MORE_ENGLISH = (
    "not no us may new one two three first second many more most less least per via also among within "
    "without upon since however therefore thus although whether either neither yet still even ever never "
    "always often said says say like well way make made makes get got take taken see using used use based "
    "including included includes include respectively following follows related certain various several "
    "every another both etc inc corp ltd llc plc co com www http https html ve ll re amp quot lt gt nbsp "
    "today yesterday last next year years month months week weeks day days monday tuesday wednesday "
    "thursday friday saturday sunday january february march april june july august september october "
    "november december table page figure section item note notes total million billion thousand number "
    "percent against down up across along around behind below above beneath beside besides beyond near "
    "toward towards under until onto past few own"
)
_GERMAN = (
    "der die das den dem des ein eine einer eines einem einen und oder aber auch als am an auf aus bei "
    "bis da damit dann dass daß dazu denn doch dort durch er es für gegen hat hatte haben hier ich ihr "
    "ihre ihren ihrer im in ins ist ja jede jeder jedes kann kein keine können man mehr mit muss nach "
    "nicht noch nur ob ohne schon sehr sein seine seiner seit sich sie sind so soll sollte über um unter "
    "uns vom von vor war waren was weil wenn werden wie wieder wird wir wo worden wurde wurden zu zum zur "
    "zwischen dies diese diesem diesen dieser dieses"
)
_FRENCH = (
    "le la les un une des du de d l et ou mais donc car ni que qui quoi dont où ce cet cette ces se sa "
    "son ses leur leurs notre nos votre vos mon ma mes ton ta tes il elle ils elles on nous vous je tu "
    "lui eux y en au aux à dans par pour sur sous avec sans entre vers chez est sont était étaient être "
    "été a ont avait avaient avoir fait faire peut peuvent plus moins très bien pas ne aussi comme si "
    "tout tous toute toutes même autre autres ainsi alors après avant depuis encore lors qu c s n j m t"
)
_SPANISH = (
    "el la los las un una unos unas y e o u de del al a en por para con sin sobre entre hasta desde hacia "
    "que quien cual cuyo como cuando donde se su sus lo le les me te nos mi mis tu tus este esta estos "
    "estas ese esa eso esto aquel aquella es son era eran fue fueron ser sido está están estaba ha han "
    "había haber hay más menos muy también no ni si sí ya pero porque pues todo todos toda todas otro "
    "otra otros otras mismo así puede pueden cada durante contra después antes"
)
_ITALIAN = (
    "il lo la i gli le un uno una e ed o ma di del dello della dei degli delle a al allo alla ai agli "
    "alle da dal dalla dai in nel nella nei nelle con su sul sulla per tra fra che chi cui come quando "
    "dove si se suo sua suoi sue loro mio nostro questo questa questi queste quello quella è sono era "
    "erano essere stato stata ha hanno aveva avere più meno molto anche non né già però perché ogni tutto "
    "tutti tutte altro altri dopo prima può possono ci ne"
)
_PORTUGUESE = (
    "o a os as um uma uns umas e ou mas de do da dos das em no na nos nas por pelo pela para com sem "
    "sobre entre até desde que quem qual cujo como quando onde se seu sua seus suas lhe me te meu minha "
    "este esta estes estas esse essa isso isto aquele é são era eram foi foram ser sido está estão estava "
    "há tem têm tinha ter mais menos muito também não nem já porque todo todos toda todas outro outra "
    "outros outras mesmo assim pode podem cada durante após antes ao aos à às"
)
_DUTCH = (
    "de het een en of maar van voor met op in aan bij uit naar over onder door tot tegen tussen zonder om "
    "als dan dat die dit deze wie wat waar wanneer hoe er hij zij ze wij we ik je jij u hun haar zijn "
    "mijn ons is was waren wordt worden werd werden heeft hebben had kan kunnen zal zou zullen moet niet "
    "geen ook nog wel al zo meer veel zeer alle andere te ter"
)
_POLISH = (
    "i a w we z ze na do od po za o u dla przez przed przy pod nad bez lub albo ale że żeby jak jako co "
    "który która które których którym którzy to ten ta te tego tej tym tych się jest są był była było "
    "były być został nie tak już oraz także również jego jej ich go mu on ona ono oni może można tylko "
    "bardzo więcej czy gdy"
)
_SWEDISH = (
    "och eller men att det den de en ett i på av för med till från om som är var vara varit har hade ha "
    "inte också så han hon vi ni jag du sin sitt sina detta denna dessa där när hur vad vid efter under "
    "över mellan genom utan kan ska skulle blev blir alla mer mycket än man"
)
_RUSSIAN = (
    "и в во не что он на я с со как а то все она так его но да ты к у же вы за бы по только ее её мне "
    "было вот от меня еще ещё нет о из ему теперь когда даже ну ли если уже или быть был него до вас вам "
    "ведь там потом себя ничего ей может они тут где есть для мы их чем была сам чтоб без будто чего раз "
    "тоже себе под будет тогда кто этот того потому этого какой этом при также этой это которые который "
    "которая которых были более"
)


_LISTS = {
    "en": _MORE_ENGLISH, "de": _GERMAN, "fr": _FRENCH, "es": _SPANISH, "it": _ITALIAN, "pt": _PORTUGUESE,
    "nl": _DUTCH, "pl": _POLISH, "sv": _SWEDISH, "ru": _RUSSIAN,
}  # fmt: skip


# Their words name no subject of a map; queries and claims keep them.
_FURTHER = (
    # Indonesian and Malay
    "yang dan di ke dari untuk dengan pada dalam ini itu adalah atau tidak akan oleh sebagai juga dapat "
    "telah sudah bisa karena kami kita saya anda dia mereka ada lebih bahwa seperti saat jika antara "
    "setelah serta namun hanya para suatu sebuah secara lain tersebut maka agar hingga masih belum "
    "bukan tapi tetapi ialah kepada boleh dalam daripada "
    # Turkish
    "ve bir bu da de için ile olarak olan gibi daha çok ne ki o ya veya ama kadar sonra göre her en "
    "değil var yok ben sen biz siz onlar şu olduğu olduğunu ise mi mı mu mü ancak hem tarafından "
    # Danish and Norwegian
    "og er at den det en et til på af av med som ikke der for har fra var han hun jeg du vi de sig seg "
    "men om over efter etter også når hvor hvis eller ved blev ble kan skal vil være været være alle "
    "denne dette disse "
    # Finnish
    "ja on ei että se hän oli joka mutta myös kun niin kuin tai ovat olla ole tämä sen sekä jos mitä "
    "vain nyt siitä he me te minä sinä jotka ollut voi "
    # Czech, Slovak, Croatian and Serbian
    "a i v ve na se že je s z k do o pro za po by jako ale nebo tak jsou byl byla bylo být při od jeho "
    "která který které také více už jen aby však sa že ako pre alebo sú bol bola aj ktorý ktoré što kao "
    "ili su bila koji koja koje nije također te uz kod "
    # Hungarian
    "a az és hogy nem is egy ez volt van meg de csak már vagy mint azt ha még el ki fel le be lesz kell "
    "aki ami amely ezt után között szerint "
    # Romanian
    "și si în de la cu pe nu un o să este care din că mai pentru sau al ale lor fi fost sunt dar ce "
    "prin după până ca acest această aceste "
    # Catalan
    "i el la els les un una de del dels que en per amb no es als al més com però també o són va ser "
    "aquest aquesta seva seu "
    # Greek
    "και το η ο να του της την τα με για που από δεν θα είναι στο στη στην τον των στα τους οι ένα μια "
    "ή αλλά όπως ως σε αυτό αυτή όταν πως πιο "
    # Ukrainian and Bulgarian
    "і в у на з що не до та як за це від або але він вона вони також бути його її їх був була було при "
    "про для після який яка які цей ця си са от по се ще като или който която които това този беше "
    # Arabic, Persian, Hebrew, Hindi
    "في من على إلى عن أن إن هذا هذه التي الذي مع ما لا كان كانت هو هي أو ثم قد لم كل بعد قبل عند حيث "
    "كما بين و به از که این را با است آن برای در تا بود شد یا هم نیز باید خود هر های می של את על לא זה "
    "עם הוא היא גם או כי אל כל מה יש אני אם היה הם זו אשר בין לפי के में है की और से का को पर यह कि एक "
    "हैं इस ने भी नहीं तो था हो कर लिए या जो वह थे थी अपने "
    # Vietnamese
    "và của là có cho không được các một những với trong này khi đã để người từ ra cũng về như nhưng "
    "nếu đến hoặc vào bị tại rất "
    # what stands in any form or filing, and says nothing of the subject
    "registrant pursuant herein hereby hereof hereto hereunder thereof therein thereto thereunder "
    "exhibit exhibits form forms report reports company company's companies corporation incorporated "
    "reference filed filing contents continued page pages copyright reserved rights appendix annex "
    "chapter figure "
)


@cache
def function_words() -> frozenset[str]:
    """The function words of all languages, case-folded, with the English ones that a query goes without."""
    return STOP_WORDS | {word.casefold() for words in _LISTS.values() for word in words.split()}


@cache
def nameless_words() -> frozenset[str]:
    """The function words, and those that stand in no name of a subject either, case-folded."""
    return function_words() | {word.casefold() for word in _FURTHER.split()}


@cache
def of_language(language: str) -> frozenset[str]:
    """The function words (case-folded) of a language by its ISO 639-1 code; none of one without a list."""
    if language == "en":
        return STOP_WORDS
    return frozenset(word.casefold() for word in _LISTS.get(language, "").split())


def of_query(words: Sequence[str], languages: Iterable[str] = ()) -> frozenset[str]:
    """The words (case-folded) that search leaves out of a query: those of the language, among English and
    the library's, that most of the query's words speak for; English where none does more."""
    best, most = STOP_WORDS, sum(word in STOP_WORDS for word in words)
    for language in languages:
        stops = of_language(language)
        count = sum(word in stops for word in words)
        if count > most:
            best, most = stops, count
    return best


def language_of(words: Sequence[str], languages: Iterable[str] = ()) -> str | None:
    """The language (ISO 639-1) of which most of these words (case-folded) are function words, one of
    `languages` before others that have as many; None where none has two of them."""
    best, most = None, 1
    for language in dict.fromkeys([*languages, *_LISTS]):
        count = sum(word in of_language(language) for word in words)
        if count > most:
            best, most = language, count
    return best
