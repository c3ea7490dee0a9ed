"""How often letters occur in names, places and everyday words of a language.

Counted in the Faker package's lists of names, streets, towns, companies and words (MIT licence) and in the
names of countries, languages and towns of the Unicode CLDR (Unicode licence), November 2026.
"""

from __future__ import annotations

STEP = 0.5
UNKNOWN = 9.0
"""What a letter costs that a language does not use."""

_COUNTED = {
    "pl": "|ł||aćńś|ikoóęż|cerswzą|dnptuy|bglmź|hj|||fé|á|ü|ãíú|qvx",
    "cs": "||áí|ý|aenotčěřš|diklrsvéž|cmpu|bhjzúů|y|góň|fť||ď|ü|wx|q",
    "sk": "|á||čš|aiknorvéíý|elstľž|cdmuú|bhpň|gjyzó|ďť|fäô|||ŕ|wü|qx",
    "hu": "|á|é|ó|aeirstzíöő|gklnoü|dmú|bpuvy|cfhjű|||ã||xå||qw",
    "ro": "ă|||ai|enrşţ|clotu|gmszâ|bdhpé|v|fkáíîóü|ã|å|jwyçôöú|q||x",
    "hr": "|ć|čš|aiž|eknor|tv|jlmsuđ|bdp|cgh|zé|fá||ãåíóü||çú|qwxy",
    "sl": "|čš|a|inž|e|korv|jlmtu|bdgps||fhz|céć|á|ó|ãíöü||qwxy",
    "sq": "ë||ç||aeinrst|hklmo|bgjuv|dpé|fz|á|côü|x|qy|||w",
    "tr": "|ı|ü|açş|einrö|klmstğİ|bcdgouy|hz|fpv|â|é|á||jãåíó||qwx",
    "lt": "ų||ė|ai|nrsčšž|eklmotuū|bdgjv|p|yz|cfh|ą|||áüę||qwx",
    "lv": "|ā||aiīņš|enrsuē|dltčūž|jkmovļ|bgpzģķ|c|fh|||é|á||qwxy",
    "et": "||äõüš|ai|enž|klmrstu|dhopvé|bgjö|áãí|có|fú|zåçôİū|y|q||wx",
    "de": "|äü||erö|in|acghlstß|dfkoé|bmpu|wzè|váí|ëó|jãï|yçôú|qàâåê||x",
    "fr": "é|||e|ainrtè|cdlmosuîô|gp|fhâï|çê|bqvàë|yû|zü|jkxáäó|wãí|åñöù",
    "es": "||áéíó|a|ceinrñ|lmostuú|bdg|pz|fhjv|qü|xy|kàè||wãôö|âçêòõ",
    "pt": "||ãç|ioáé|acerstí|mnó|dluâêõú|bgpô|fqv||jà|hxü|z|||kwy",
    "it": "||àò||aeirtéì|clnosíöü|dgmpußáèó|bfhvzù||ãå|kwäæçõøú|qy|j|||x",
    "da": "ø|æ||erå|lns|adgikt|bmov|fhjpu|yé|cü|á|ãíó|ö||wäçú|qxz",
    "sv": "|ö|ä|nå|arsé|deiklmt|go|bhuáíó|cfjpvãçü|y|wú|qzñõ||x",
    "no": "ø|||rså|aenæé|iklot|dgmpyáíóü|bchuãö|fjväçú|||z|q|w||x",
    "fi": "ä|||inö|aekltš|rsž|jmopvyé|dhuí|bó|cgáãü|fú|wzåñ|qçîõ|||x",
    "nl": "|é|ë|eè|ainr|lmosâï|bcghtuö|dvêûü|fkpzáçíó|jwyàåî|qôú|xãõ",
    "is": "||íó|arsð|lnáöú|egikuþ|bdfjmtæý|hov|é|py||||x|czü|qw",
    "ca": "|à|è|aií|lnrsò|ceotuóú|bdgmé|pçü|fhvxï|jkzáã|qö|yåý|wô",
    "ga": "|ó|iá|aní|hréú|celos|bdgmt|u||fpv|||ãü||z|jkqwxy",
    "ru": "|||а|инор|веклст|дйму|бгпя|зчыь|жфхш|цэ|ю|щ|||ъё",
    "uk": "|||а|кно|веилрсі|дймть|бгпуя|зч|фхцш|жюї|є|щґ",
    "be": "||а||кнс|ряі|гделмотуы|бвпэ|зйьў|жфхцчш||юё",
    "bg": "|||а|икно|елрст|вдм|бгпуя|зйхч|жфцшъ|ю||щь",
    "sr": "|||аи|кнос|ер|вдлмтуј|бгп|з|фхчш|цџ|ж|љњ||ћ|ђ",
    "mk": "|||аи|кнос|ерт|влму|бгдпј|з|фхчш|цџ|ж||љњ",
    "el": "||||αο|ικλνρςστυ|άίγεημπ|δω|έήβφχόύ|ζθώ||ξ||ψϊ||ΐ",
    "he": "|||וי|אר|בהלמנ|גדטסקת|ןפש|זחםעצ|כ|||ףץ|ך",
    "ar": "|||اي|لو|برمن|ةتدسك|أجعف|حزشغقه|خصط|إثضّ|ءئى|آذ|ظُ|ؤ|ً",
    "fa": "|||ا|رنوی|تسم|بدلهيک|زشپگ|آجخعف|صق|ئحكچ|ذطغ|ٔژ|ض|ث|ظ",
    "vi": (
        "||nế|git|chđ|áồữ|uàâôưả|abmopvêạậổ|klrsyíóúơầắềểệịốủ|dqxãéìýăĩấộớợứỹ|òễỉọờụựỳ|eùặỏ|"
        "õüũởừ||wzåçẩằẹẻỡ|fj"
    ),
    "th": "||||รา|กนอิเ|ดตมยลวสัี์|คงซบูโ|จชทปพหะุแ่|ณธฟไ้|ญภศษฮ|ขฐถำืใ็||ฉผฤ|ฎฒึ๊|ฏฑฝฬ",
}
"""For each language the letters by what one of them costs (minus the natural logarithm of its share): those
before the first bar .5, before the second 1, and so on. Of languages in Latin letters, the letters beyond
ASCII and those in ASCII are counted apart, the latter only in words that hold one of the former."""

COSTS: dict[str, dict[str, float]] = {
    language: {
        letter: place * STEP for place, letters in enumerate(counted.split("|"), 1) for letter in letters
    }
    for language, counted in _COUNTED.items()
}
"""Language → letter in lower case → its cost."""

CHINESE = (
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后"
    "作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心本前开但因只"
    "从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战"
    "向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原"
    "东声提立及比员解水名真论处走各入几口认条平系气题活更别打女变四神总何电数安少报才结反受目太量再感"
    "建务做接场件计管期市直德资命山金指克区保至队形社便空决治展科司五基路县省镇村街号楼室店票单据账款"
    "银姓址邮编张王李赵刘陈杨黄周吴徐孙胡朱林郭马罗梁宋郑谢韩唐冯董萧程曹袁邓许傅沈曾彭吕"
)
"""Simplified characters that are common in prose, names and addresses."""
CHINESE_OF_TAIWAN = (
    "的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後"
    "作裡用道行所然家種事成方多經麼去法學如都同現當沒動面起看定天分還進好小部其些主樣理心本前開但因只"
    "從想實日軍者意無力它與長把機十民第公此已工使情明性知全三又關點正業外將兩高間由問很最重並物手應戰"
    "向頭文體政美相見被利什二等產或新己制身果加西斯月話合回特代內信表化老給世位次度門任常先海通教兒原"
    "東聲提立及比員解水名真論處走各入幾口認條平系氣題活更別打女變四神總何電數安少報才結反受目太量再感"
    "建務做接場件計管期市直德資命山金指克區保至隊形社便空決治展科司五基路縣省鎮村街號樓室店票巷弄段鄉"
    "臺北議紀錄單帳款銀姓址郵編張王李趙劉陳楊黃周吳徐孫胡朱林郭馬羅梁宋鄭謝韓唐馮董蕭程曹袁鄧許傅沈"
)
"""Traditional characters that are common in prose, names and addresses."""
JAPANESE = (
    "日一国人年大十二本中長出三時行見月分後前生五間上東四今金九入学高円子外八六下来気小七山話女北午百"
    "書先名川千水半男西電校語土木聞食車何南万毎白天母火右読友左休父雨会社市県区町村田都道府京阪神奈横"
    "浜古屋藤佐鈴橋渡辺伊加吉井松林清斎池石原森阿部和美明正健郎介太恵由紀真理香智裕株式支店様方号丁目"
    "番地便定積請求注文合計税込品単価数量者的業新内事場員立開手力問代動発対関政経実現全主体回意法題化"
    "通保性当最表取記資作報告務料設工製機"
)
"""Characters that are common in Japanese prose, names, addresses and business letters."""
