"""Lists of English words that the other files decide by."""


def words(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


IRREGULAR_PLURALS = {
    "man": "men",
    "woman": "women",
    "child": "children",
    "foot": "feet",
    "tooth": "teeth",
    "goose": "geese",
    "mouse": "mice",
    "ox": "oxen",
    "die": "dice",
    "person": "people",
    "penny": "pence",
    "loaf": "loaves",
    "leaf": "leaves",
    "knife": "knives",
    "wife": "wives",
    "life": "lives",
    "half": "halves",
    "calf": "calves",
    "shelf": "shelves",
    "scarf": "scarves",
    "wolf": "wolves",
    "elf": "elves",
    "thief": "thieves",
    "staff": "staves",
    "potato": "potatoes",
    "tomato": "tomatoes",
    "hero": "heroes",
    "sheep": "sheep",
    "fish": "fish",
    "deer": "deer",
    "dozen": "dozen",
    "trout": "trout",
    "salmon": "salmon",
    "aircraft": "aircraft",
}

# What a price may be for several of: "Apples cost 4 silver a dozen."
MEASURES = words(
    """pound ounce stone dozen pair half-dozen score yard foot ell bushel peck sack barrel cask keg bottle flask mug cup
    pint quart gallon bag basket bundle box crate jar pot tin can kilo kilogram gram litre liter metre meter set handful
    string bunch tray case skein bale roll sheet packet pack punnet brace hundred thousand ton tonne cord fathom spool
    coil hank ream quire stack load cartload glass bowl plate slice loaf wheel lump piece"""
)
DURATIONS = words("minute hour night day evening week month season year")

# Before these a time or a place needs no "at": "until spring", "late", "aboard the Gull".
PREPOSITIONS = words(
    """aboard about above across after against all along always among around as at before behind below beneath beside
    between beyond by during each early every for from in inside into just late near never next of off on once only
    outside over past right shortly since soon this through throughout till today tomorrow tonight under until up upon
    when whenever while with within without"""
)
SEASONS_AND_MONTHS = words(
    """spring summer autumn winter january february march april may june july august september october november
    december"""
)
MOMENTS = words("night noon midday midnight dawn daybreak sunrise dusk nightfall sunset sundown twilight")

# What may be between a number and what it counts: "two of your finest rooms".
FILLERS = words(
    """of your my the those these this that more other others extra another good fine finest best better nice cold
    hot warm cool fresh small large big little great cheap cheapest old new plain whole such single separate full
    lovely quiet clean decent simple proper real ordinary pretty just only exactly precisely"""
)
LOTS = {"dozen": 12, "half-dozen": 6, "pair": 2, "brace": 2, "score": 20, "hundred": 100, "thousand": 1_000}
# What an order consists of, besides wares and numbers.
ORDER_WORDS = FILLERS | words(
    "a an and for with then also plus please some at each as well too or yes no ok okay so in them"
)

# In order: their places are their values.
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
TEENS = (
    *("ten", "eleven", "twelve", "thirteen", "fourteen"),
    *("fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
ORDINALS = (
    *("first", "second", "third", "fourth", "fifth", "sixth"),
    *("seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth"),
)

# Words that say nothing of what a sentence is about.
STOP_WORDS = words(
    """a an the this that these those i me my mine you your yours he him his she her hers it its we us our ours they
    them their theirs who whom whose which what when where why how am is are was were be been being do does did
    doing done have has had having will would shall should can could may might must ought i'm i've i'd i'll you're
    you've you'd you'll he's he'd he'll she's she'd she'll it's it'd it'll we're we've we'd we'll they're they've
    they'd they'll there's that's what's who's here's let's ain't don't doesn't didn't isn't aren't wasn't weren't
    won't wouldn't can't cannot couldn't shan't shouldn't haven't hasn't hadn't and or but nor so yet if then than
    as of at by for with about against between into through during before after above below to from up down in out
    on off over under again further once here there all any both each few more most other some such no not only
    own same too very just now ever never also well still even much many lot lots quite rather really please yes
    no aye nay oh ah ok okay because until unless while although though since across upon toward towards among
    along beside besides except"""
)
