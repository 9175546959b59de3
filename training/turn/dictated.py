"""What callers dictate, made up: numbers, dates, amounts, names, e-mails, yes and no, whole and broken off.

Corpora of typed dialogues hold almost none of it, and it is where a caller is cut off most: whoever reads a card number
pauses after every group. `case` gives (words, expectation, complete).
"""

from turns import UNITS, below_hundred

MONTHS = "january february march april may june july august september october november december".split()
DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
ORDINALS = ("first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
            "sixteenth seventeenth eighteenth nineteenth twentieth thirtieth").split()
FIRST = ("john mary james linda robert sarah michael susan david karen maria ahmed wei priya carlos anna peter laura omar julia tom "
         "emma daniel olivia").split()
LAST = "smith brown jones garcia miller davis lopez wilson taylor khan patel nguyen lee martin white clark lewis walker young king".split()
HOSTS = ["gmail", "yahoo", "outlook", "hotmail", "icloud", "company", "example"]
LEADS = {
    "digits": ["", "", "it's", "my number is", "the number is", "my account number is", "sure it's", "yes it's", "okay it is", "that's"],
    "date": ["", "", "on", "it's", "for", "my date of birth is", "i was born on", "how about", "can we do", "i'd like"],
    "money": ["", "", "it's", "about", "i want to pay", "it was", "please transfer", "it costs", "around"],
    "name": ["", "", "my name is", "it's", "this is", "i'm", "yes this is", "the name is"],
    "mail": ["", "my email is", "it's", "the address is", "sure it's", "you can reach me at"],
}
COMPLETE_YES_NO = ["yes", "no", "yeah", "yep", "nope", "yes please", "no thank you", "no thanks", "sure", "correct", "that's right", "yes it is",
                   "no it's not", "yes that works", "of course", "i think so", "not really", "yes go ahead", "no that's all", "okay", "absolutely"]
HANGING_YES_NO = ["yes but", "no but i", "yes and", "well", "no i", "yeah i was", "yes except", "no because", "i mean", "yes could you", "no it's"]


def grouped(rng, length):
    """Digits as words in the groups that people speak in, a list of lists."""
    groups = []
    while length > 0:
        size = min(length, rng.choice([1, 2, 3, 3, 3, 4, 4]))
        if size == 2 and rng.random() < 0.4:
            groups.append(below_hundred(rng.randrange(10, 100)).split())
        elif size == 2 and rng.random() < 0.2:
            groups.append(["double", UNITS[rng.randrange(10)]])
        else:
            groups.append([rng.choice(["oh", "zero"]) if (d := rng.randrange(10)) == 0 else UNITS[d] for _ in range(size)])
        length -= size
    return groups


def number(rng):
    low = high = rng.choice([4, 4, 5, 6, 7, 8, 9, 10, 10, 10, 11, 12, 16])
    length = low
    if rng.random() < 0.35:
        low, high = max(1, length - rng.randrange(4)), length + rng.randrange(4)
    groups = grouped(rng, length)
    told = f"digits:{low}-{high}" if high > low else f"digits:{low}"
    # Asked for anything, only a number of a telephone's length sounds finished.
    expect = told if rng.random() < 0.75 else "any"
    if expect == "any" and length < 7:
        return [w for g in groups for w in g], None, "any"
    return groups, "groups", expect


def date(rng):
    month, day, kind = rng.choice(MONTHS), rng.choice(ORDINALS), rng.randrange(7)
    if rng.random() < 0.3:
        day = f"{rng.choice(['twenty', 'thirty'])} first" if rng.random() < 0.3 else f"twenty {rng.choice(ORDINALS[:9])}"
    year = f"nineteen {below_hundred(rng.randrange(40, 100))}" if rng.random() < 0.5 else f"two thousand {UNITS[rng.randrange(1, 20)]}"
    return [
        [month, day, year], [month, "the", day], ["the", day, "of", month], [day, "of", month, year],
        ["next", rng.choice(DAYS)], [rng.choice(["tomorrow", "today", "the day after tomorrow"])],
        ["on", rng.choice(DAYS), "the", day],
    ][kind]


def money(rng):
    amount = rng.choice([UNITS[rng.randrange(2, 20)], below_hundred(rng.randrange(20, 100)), f"{UNITS[rng.randrange(1, 10)]} hundred",
                         f"{UNITS[rng.randrange(1, 10)]} hundred and {below_hundred(rng.randrange(10, 100))}", f"{below_hundred(rng.randrange(2, 60))} thousand"])
    unit = rng.choice(["dollars", "dollars", "euros", "pounds", "bucks"])
    return [*amount.split(), unit] + (["and", *below_hundred(rng.randrange(5, 100)).split(), "cents"] if rng.random() < 0.3 else [])


def name(rng):
    first, last, kind = rng.choice(FIRST), rng.choice(LAST), rng.randrange(4)
    return [[first, last], [first, last, "that's", *last], [*last], [first, last, "with", "a", rng.choice("abcdefgklmpst")]][kind]


def mail(rng):
    first, last = rng.choice(FIRST), rng.choice(LAST)
    who = rng.choice([[first], [first, "dot", last], [first, last], [first, *below_hundred(rng.randrange(10, 99)).split()], [*first[:4]]])
    return [*who, "at", rng.choice(HOSTS), "dot", rng.choice(["com", "com", "org", "net"])]


def case(rng):
    """One made turn, complete or cut."""
    kind = rng.choice(["digits"] * 5 + ["date", "date", "money", "money", "name", "mail", "mail", "yes_no", "bare"])
    if kind == "yes_no":
        whole = rng.random() < 0.6
        return rng.choice(COMPLETE_YES_NO if whole else HANGING_YES_NO), "yes_no" if rng.random() < 0.8 else "any", whole
    if kind == "bare":  # a lead and then a pause
        lead = rng.choice([lead for leads in LEADS.values() for lead in leads if lead])
        return lead, rng.choice(["any", "digits:10", "date", "name", "money"]), False
    if kind == "digits":
        groups, form, expect = number(rng)
        lead = rng.choice(LEADS[kind]).split()
        if form is None:
            return " ".join(lead + groups), expect, rng.random() < 0.6
        whole = rng.random() < 0.45 or len(groups) == 1
        kept = groups if whole else groups[: rng.randrange(1, len(groups))]
        words = [w for g in kept for w in g]
        return " ".join(lead + words), expect, whole
    words = {"date": date, "money": money, "name": name, "mail": mail}[kind](rng)
    expect = (kind if kind != "mail" else "any") if rng.random() < 0.7 else "any"
    lead = rng.choice(LEADS[kind]).split()
    whole = rng.random() < 0.5 or len(words) == 1
    if kind == "money" and not whole and rng.random() < 0.5:
        cut = len(words) - 1  # "it costs twenty"
    else:
        cut = len(words) if whole else rng.randrange(1, len(words))
    if kind == "name" and cut == 1:
        whole = whole or rng.random() < 0.5  # a first name may be all
    return " ".join(lead + words[:cut]), expect, whole
