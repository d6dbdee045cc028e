"""Words that ask for the same: "doggo" and "hound", "loo" and "toilet", "shut" and "close". General English only."""

from models.npc.lemmas import stem

_GROUPS = """
    dog doggo hound pup puppy pooch
    cat kitty kitten puss
    horse mare pony steed
    toilet loo restroom bathroom washroom lavatory privy latrine pee wc
    open begin start
    close shut end late until stop
    mother mum mummy mom mam ma mama
    father dad daddy papa
    grandmother gran granny grandma nana
    grandfather grandpa gramps
    husband hubby wife married spouse marry
    sister brother sibling twin
    friend mate bunkmate pal
    boss commander employer lord chief command
    weigh heavy weight ton pound
    wide width across broad
    deep depth
    tall height high
    contain made inside filling ingredient mix composed
    buy purchase sale sell
    repair mend fix
    paint painting painted
    money coin cash
    drop droplet
    way exit leave home out gate door
    hidden hide secret stash
    stand located stay lie hang keep kept
    grow growing raise
    child kid children boy girl
    drunk tipsy
    soldier corporal regiment army troop sergeant
    pirate buccaneer
    surgeon anatomist doctor
    thirsty parched drink water well canteen
    bird parrot hawk falcon
    teacher master mentor taught learn learnt
    broken broke break crack cracked
    capacity hold carry most
    last take long
    gun pistol weapon rifle
    cheap cheapest
    red crimson scarlet
    mule donkey
    medicine remedy cure
    room chamber
    road street path way
    town village city
    ship boat vessel ferry
    feed feeds fed eat eats food
    hit struck beat beaten whip whipped strike slap
    gaol jail prison turnkey
    moult moulting
    hear ring sound
    try taste sample nibble
    browse shelf shop ware goods
    book ledger account record
    robot drone
    douse extinguish dark snuff kill
    light lit bright
    map chart
    wing fly air launch
    cross ferry row across
    price cost charge fee
"""
_OF: dict[str, frozenset[str]] = {}
for _line in _GROUPS.strip().splitlines():
    _group = frozenset(map(stem, _line.split()))
    for _word in _group:
        _OF[_word] = _OF.get(_word, frozenset()) | _group


def kin(word: str) -> frozenset[str]:
    """The stems that may stand for a stem, itself among them."""
    doer = {word[:-2]} if len(word) > 6 and word.endswith(("er", "or")) else {f"{word}er", f"{word}or"}
    return _OF.get(word, frozenset()) | {word} | doer
