"""Questions about made-up places: passages with values drawn at random, of which the reply must copy the one that is asked for.

The FAQ set is small, and a model learns its sentences by heart; here no value comes twice. Written for this project.
"""

import random
import re

from facts import ABSTAIN, ACKNOWLEDGE, OPENERS, RULES
from prompt import Sample
from schema_guided import AGENTS, wordish
from spoken import Transcriber

DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
KINDS = ["clinic", "dental practice", "hotel", "restaurant", "pizzeria", "bike shop", "garage", "bank", "hair salon", "library", "museum", "gym",
         "pharmacy", "vet", "bakery", "hardware store", "insurance office", "travel agency", "cinema", "swimming pool", "school", "law office"]
THINGS = ["check-up", "delivery", "haircut", "repair", "refund", "booking", "membership", "inspection", "cleaning", "transfer", "vaccination", "replacement card",
          "pizza", "massage", "tasting menu", "city tour", "oil change", "room", "class", "consultation", "guest pass", "express shipment", "new key", "loan"]
EXTRAS = ["Wi-Fi", "parking", "breakfast", "towels", "a changing room", "a lift", "vegan food", "gluten-free food", "gift cards", "wheelchair access", "lockers",
          "childcare", "air conditioning", "a terrace", "home visits", "online booking", "student discounts", "storage", "a shuttle", "pet sitting", "live music"]
PAYMENTS = ["cash", "credit cards", "debit cards", "bank transfer", "cheques", "phone payments", "vouchers", "invoice"]
STREETS = ["Street", "Road", "Lane", "Avenue", "Square", "Hill", "Court"]


def clock(rng, low, high):
    hour, minute = rng.randint(low, high), rng.choice(["", "", "", ":30", ":15", ":45"])
    shown = hour if hour <= 12 else hour - 12
    return f"{shown}{minute} {'am' if hour < 12 else 'pm'}"


def hours(rng):
    """One sentence a span of days, each with its questions."""
    cut = rng.randint(1, 5)
    spans = [(0, cut), (cut + 1, 5 if cut < 5 else 5)] if cut < 5 else [(0, 5)]
    out = []
    for first, last in spans:
        days = DAYS[first] if first == last else f"{DAYS[first]} to {DAYS[last]}"
        opens, closes = clock(rng, 7, 11), clock(rng, 14, 22)
        said = rng.choice(["We are open {d} from {o} to {c}.", "{d}: {o} to {c}.", "From {o} to {c}, {d}.", "Open {d}, {o} until {c}."]).format(d=days, o=opens, c=closes)
        day = rng.choice(DAYS[first:last + 1])
        asks = ["what time do you open on {x}", "when do you close on {x}", "are you open on {x}", "what are your hours on {x}", "until when are you there on {x}"]
        reply = rng.choice([f"{day}s we're open from {opens} to {closes}.", f"On {day} we are open from {opens} to {closes}.", said])
        out.append((said, [a.format(x=rng.choice([day, day + "s"])) for a in asks], reply))
    sunday = rng.choice(["We are closed on Sunday.", "Sunday: closed.", "On Sundays we are closed."])
    out.append((sunday, ["are you open on sundays", "what about sunday", "can i come on a sunday"], "No, we're closed on Sundays."))
    return out


def single(rng):
    """One fact: (sentence, questions, reply; none where the sentence is the reply)."""
    thing, extra, number = rng.choice(THINGS), rng.choice(EXTRAS), rng.randint(2, 99)
    name, price = wordish(rng), rng.choice([f"${rng.randint(3, 400)}", f"{rng.randint(2, 90)} dollars", f"${rng.randint(2, 60)}.{rng.choice(['50', '99', '25'])}", f"{rng.randint(5, 200)} euros"])
    unit, way = rng.choice(["minutes", "hours", "days", "working days", "weeks"]), " or ".join(rng.sample(PAYMENTS, 2))
    address = f"{number} {name} {rng.choice(STREETS)}"
    phone = "-".join(["".join(str(rng.randrange(10)) for _ in range(n)) for n in (3, 4)])
    return rng.choice([
        lambda: (rng.choice([f"A {thing} costs {price}.", f"The price of a {thing} is {price}.", f"We charge {price} for a {thing}."]),
                 [f"how much is a {thing}", f"what does a {thing} cost", f"what do you charge for a {thing}", f"price of a {thing}"], None),
        lambda: (rng.choice([f"A {thing} takes about {number} {unit}.", f"Please allow {number} {unit} for a {thing}.", f"The {thing} is done within {number} {unit}."]),
                 [f"how long does a {thing} take", f"how long is the {thing}", f"when is the {thing} done"], None),
        lambda: (rng.choice([f"We are at {address}, behind the {name} station.", f"You find us at {address}.", f"Our address is {address}."]),
                 ["where are you", "what's your address", "how do i find you", "where is that exactly"], None),
        lambda: (rng.choice([f"We accept {way}.", f"You can pay by {way}.", f"Payment is by {way}."]),
                 ["how can i pay", "which payments do you take", "can i pay by card", "do you take cash"], None),
        lambda: (rng.choice([f"We offer {extra} for {price}.", f"{extra[:1].upper() + extra[1:]} costs {price} extra.", f"There is {extra}; it is {price}."]),
                 [f"do you have {extra}", f"is there {extra}", f"how much is {extra}"], None),
        lambda: (rng.choice([f"We do not offer {extra}.", f"There is no {extra}.", f"Sorry, we have no {extra}."]),
                 [f"do you have {extra}", f"is there {extra}", f"can i get {extra}"], rng.choice([None, f"No, we don't have {extra}."])),
        lambda: (rng.choice([f"{extra[:1].upper() + extra[1:]} is free for all guests.", f"We have {extra} at no charge.", f"You get {extra} for free."]),
                 [f"do you have {extra}", f"does {extra} cost anything", f"is {extra} free"], rng.choice([None, f"Yes, {extra} is free."])),
        lambda: (rng.choice([f"You can cancel a {thing} free of charge up to {number} hours before.", f"Cancel your {thing} at least {number} hours ahead; after that we charge {price}."]),
                 [f"can i cancel my {thing}", f"how do i cancel a {thing}", f"until when can i cancel", f"what if i don't come to my {thing}"], None),
        lambda: (rng.choice([f"Please bring {extra_item(rng)} to your {thing}.", f"For a {thing} we need {extra_item(rng)}."]),
                 [f"what do i need for a {thing}", "what should i bring", f"do i need anything for the {thing}"], None),
        lambda: (rng.choice([f"The minimum age for a {thing} is {rng.randint(3, 21)}.", f"Guests must be {rng.randint(12, 21)} or older for a {thing}."]),
                 [f"is there an age limit for a {thing}", "can my daughter come too", f"how old do i have to be for a {thing}"], None),
        lambda: (rng.choice([f"Outside opening hours, call {phone}.", f"In an emergency ring {phone}.", f"Our night line is {phone}."]),
                 ["what do i do in an emergency", "who do i call at night", "is there an emergency number"], None),
        lambda: (rng.choice([f"{name} {rng.choice(['runs', 'manages', 'leads'])} the {thing} team.", f"Ask for {name} about a {thing}."]),
                 [f"who is responsible for a {thing}", f"who do i ask about the {thing}", "who is in charge"], None),
    ])()


def extra_item(rng):
    return " and ".join(rng.sample(["your passport", "a photo ID", "your insurance card", "a towel", "the receipt", "your referral", "proof of address", "the old card", "two photos"], 2))


def passages(rng):
    """Some passages, each of one or a few facts: [(text, [fact])]."""
    out, count = [], rng.choice([1, 2, 3, 3])
    with_hours = rng.randrange(2 * count)
    for place in range(count):
        facts = hours(rng) if place == with_hours else [single(rng) for _ in range(rng.choice([1, 1, 2, 3]))]
        text = " ".join(f[0] for f in facts)
        dice = rng.random()
        if dice < 0.3:
            text = f"{facts[0][1][0][:1].upper()}{facts[0][1][0][1:]}? {text}"
        elif dice < 0.4:
            text = f"{rng.choice(['Good to know', 'Prices', 'Visits', 'Service', 'Our house', 'Information'])}: {text}"
        out.append((text, facts))
    return out


def with_articles(text):
    return re.sub(r"\b(a|A) (?=[aeiou])", r"\1n ", text)


def conversation(rng: random.Random):
    sample, heard = Sample(), Transcriber(rng)
    name, kind = wordish(rng), rng.choice(KINDS)
    role = rng.choice(["You are the phone agent of {n}, a {k}. {r}", "You are {a} from the {k} {n}. {r}", "You answer calls for {n} {k}. {r}", "{r} You work at a {k}."])
    sample.system(role.format(n=name, k=kind, a=rng.choice(AGENTS), r=rng.choice(RULES)))
    for _ in range(rng.choice([1, 1, 2, 3])):
        shown = passages(rng)
        known = rng.random() > 0.25
        fact = rng.choice(rng.choice(shown)[1]) if known else single(rng)
        question = rng.choice(OPENERS) + rng.choice(fact[1]) + rng.choice(["", "?", "?"])
        known = known and unambiguous(fact, shown)
        if not known and any(set(fact[1]) & set(f[1]) or topic(fact) & topic(f) for _, facts in shown for f in facts):
            continue
        sample.user(heard(with_articles(question[:1].upper() + question[1:])))
        if rng.random() < 0.3:
            sample.context(node=rng.choice(["Answer the caller's question", "Answer from the facts", "Answer questions about the house"]))
        sample.context(facts=[with_articles(text) for text, _ in shown])
        sample.reply(with_articles(rng.choice(ACKNOWLEDGE) + (fact[2] or fact[0])) if known else rng.choice(ABSTAIN))
    return sample if len(sample.spans) > 3 else None


def topic(fact):
    """What its questions speak of."""
    listed = THINGS + EXTRAS
    return {word for word in listed if any(word in question for question in fact[1])} or set(fact[1])


def unambiguous(fact, shown):
    """Whether no other fact has a question that this one has too."""
    others = [f for _, facts in shown for f in facts if f is not fact]
    return not any(set(fact[1]) & set(f[1]) or topic(fact) & topic(f) for f in others)
