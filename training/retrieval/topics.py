"""What a question of a hotel's, restaurant's or attraction's FAQ is about, by rules: the silver labels of the retrieval sets.

Two questions of one topic, asked about two places, are paraphrases of each other; the docs of a topic are what must be taken
out of a place's knowledge before a question of that topic has no answer there. The first rule that fits names the topic.
"""

import re

RULES = [
    ("bike_parking", r"\b(bike|bikes|bicycle|bicycles|cycle)\b"),
    ("parking_reserve", r"reserv\w* .*park|park\w* .*reserv|book .*park"),
    ("parking_accessible", r"(accessib|disab|handicap)\w* .*park|park\w* .*(accessib|disab|handicap)"),
    ("parking_cost", r"(cost|fee|fees|free|charge|charges|price|pay|much) .*\bpark|\bpark\w* .*(cost|fee|fees|free|charge|charges|price|pay)"),
    ("parking", r"\bpark(ing)?\b|\bvalet\b"),
    ("wifi_cost", r"(cost|fee|charge|free|pay|complimentary) .*(wi-?fi|internet)|(wi-?fi|internet) .*(cost|fee|charge|free|pay|complimentary)"),
    ("wifi", r"wi-?fi|\binternet\b|wireless"),
    ("breakfast_cost", r"(cost|fee|free|charge|price|included|complimentary) .*breakfast|breakfast .*(cost|fee|free|charge|price|included|complimentary)"),
    ("breakfast", r"breakfast"),
    ("check_in_age", r"\bage\b.*check|check.*\bage\b|how old .*check|minimum age"),
    ("check_in_out_early", r"(early|late) check"),
    ("check_in", r"check(ed)?[ -]?in|arriv"),
    ("check_out", r"check(ed)?[ -]?out"),
    ("pets", r"\b(pets?|dogs?|cats?|puppy|animals?)\b"),
    ("smoking", r"smok"),
    ("kids_menu", r"(kid|child)\w* .*menu|menu .*(kid|child)"),
    ("high_chair", r"high ?-?chair"),
    ("cribs", r"\b(crib|cribs|cot|cots)\b"),
    ("extra_beds", r"(extra|additional|rollaway) bed"),
    ("discounts", r"discount"),
    ("children", r"\b(kid|kids|child|children|family|families|toddler)\b"),
    ("apple_pay", r"apple pay|google pay|android pay"),
    ("crypto", r"crypto|bitcoin"),
    ("payment", r"credit|debit|payments?\b|\bcash\b|\bcards?\b|how .*\bpay\b"),
    ("deposit", r"deposit(?! box)"),
    ("safe", r"safety deposit|\bsafe\b(?! for)"),
    ("tv", r"\b(tv|tvs|tv's|television|televisions)\b"),
    ("happy_hour", r"happy hour"),
    ("byob", r"\bbyob\b|own (bottle|wine|alcohol|booze|drinks?)"),
    ("alcohol", r"alcohol|\bliquor\b|full bar|\bbeer\b|\bwine\b|\bbar\b"),
    ("gluten", r"gluten"),
    ("vegan", r"vegan|vegetarian"),
    ("halal", r"halal|kosher"),
    ("live_music", r"\bmusic\b|\bband\b"),
    ("outdoor", r"outdoor|patio|\boutside\b|terrace"),
    ("dress", r"dress|attire|\bwear\b"),
    ("noise", r"nois|\bloud\b|\bquiet\b"),
    ("ambience", r"ambien|atmosphere|\bvibe\b|\bmood\b"),
    ("groups", r"groups?\b|large part"),
    ("take_out", r"take-? ?(out|away)|to[ -]go\b|carry-? ?out"),
    ("delivery", r"deliver"),
    ("catering", r"\bcater"),
    ("wheelchair", r"wheel-? ?chair|disab|handicap|accessib"),
    ("reservations", r"reserv|\bbook\b|booking"),
    ("languages", r"language|\bspeak\b|spoken"),
    ("gym", r"\bgym\b|fitness|work ?out|exercise"),
    ("pool", r"\bpool\b|swim"),
    ("spa", r"\bspa\b|spas\b|sauna|massage"),
    ("laundry", r"laundry|dry[ -]?clean|iron"),
    ("housekeeping", r"housekeep|\bclean(ed|ing)\b"),
    ("room_service", r"room service"),
    ("concierge", r"concierge"),
    ("front_desk", r"front desk|reception"),
    ("lift", r"\b(lift|lifts|elevator|elevators)\b"),
    ("luggage", r"luggage|baggage|\bbags\b"),
    ("meeting", r"meeting|banquet|conference"),
    ("kitchen", r"kitchen|microwave|refrigerat|fridge|cook"),
    ("shuttle", r"shuttle|airport"),
    ("air_con", r"air[ -]?con|\bac\b|heating"),
    ("restrooms", r"rest ?rooms?|bathrooms?|toilet"),
    ("hours", r"\bhours?\b|\bopen\b|\bclose\b|what time"),
    ("admission", r"admission|entrance fee|ticket|cost .*(visit|enter|get in)|\bfee\b"),
    ("picnic", r"picnic"),
    ("playground", r"playground|play area"),
    ("tours", r"\btours?\b"),
    ("gift_shop", r"gift|souvenir|\bshop\b"),
    ("menu", r"\bmenu\b|cuisine|kind of food|type of food"),
]
COMPILED = [(name, re.compile(rule, re.IGNORECASE)) for name, rule in RULES]
BY_NAME = dict(COMPILED)
# An answer about the second may well answer a question about the first.
ANSWERED_BY = {
    "parking": {"parking_cost", "parking_reserve", "parking_accessible"}, "parking_cost": {"parking"},
    "parking_reserve": set(), "wifi": {"wifi_cost"}, "wifi_cost": {"wifi"}, "breakfast": {"breakfast_cost"},
    "breakfast_cost": {"breakfast"}, "vegan": {"menu"}, "menu": {"vegan", "gluten"}, "payment": {"apple_pay", "crypto"},
    "apple_pay": {"payment"}, "crypto": {"payment"}, "children": {"kids_menu", "high_chair", "cribs"}, "alcohol": {"byob"},
    "byob": {"alcohol"}, "take_out": {"delivery"}, "delivery": {"take_out"}, "check_in": {"check_in_age", "front_desk"},
    "ambience": {"noise", "dress"}, "wheelchair": {"lift"}, "lift": {"wheelchair"}, "restaurant": {"breakfast"},
    "check_in_age": {"children"}, "cribs": {"extra_beds"}, "extra_beds": {"cribs"}, "spa": {"gym"}, "gym": {"spa"}, "hours": {"check_in", "check_out", "front_desk"},
}


def topic(question):
    """The topic's name, or None."""
    return next((name for name, rule in COMPILED if rule.search(question)), None)


def may_answer(name, title, body):
    """Whether a doc may answer a question of that topic: its own topic is the same or near, or its words fit the rule."""
    own = topic(title)
    return own == name or own in ANSWERED_BY.get(name, ()) or bool(BY_NAME[name].search(title) or BY_NAME[name].search(body))
