"""Training sentences: what callers say, as lower-case words.

What it is: a reader of the dialogue and intent sets (user turns only), and a generator of the
things a caller dictates: digits, money, dates, spelled names, short answers. Not a text
normaliser for production: a sentence it cannot spell out with the lexicon's words is skipped.

    python texts.py --text TEXT_DIR --count 40000 --out texts.txt
"""

import argparse
import csv
import glob
import json
import random
import re
import zipfile

ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
TENS = "zero ten twenty thirty forty fifty sixty seventy eighty ninety".split()
ORDINAL = "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth".split()
MONTHS = "january february march april may june july august september october november december".split()
DAYS = "monday tuesday wednesday thursday friday saturday sunday today tomorrow".split()


def cardinal(n, rng=random):
    """Words of 0 <= n < 10**9; "and" after hundreds now and then, as people say it."""
    if n < 20:
        return ONES[n]
    if n < 100:
        return TENS[n // 10] + (" " + ONES[n % 10] if n % 10 else "")
    for size, name in ((10**6, "million"), (1000, "thousand"), (100, "hundred")):
        if n >= size:
            rest = n % size
            joint = " and " if size == 100 and rng.random() < 0.3 else " "
            return cardinal(n // size, rng) + " " + name + (joint + cardinal(rest, rng) if rest else "")
    raise ValueError(n)


def ordinal(n):
    if n < 20:
        return ORDINAL[n]
    if n % 10 == 0:
        return TENS[n // 10][:-1] + "ieth"
    return TENS[n // 10] + " " + ORDINAL[n % 10]


def year(n, rng):
    if 2000 <= n < 2010:
        return "two thousand" + (" " + ONES[n % 10] if n % 10 else "")
    low = n % 100
    tail = "hundred" if low == 0 else ("oh " + ONES[low] if low < 10 else cardinal(low, rng))
    return cardinal(n // 100, rng) + " " + tail


def clock(hour, minute, rng):
    if minute == 0:
        out = ONES[hour] + rng.choice(["", " o'clock"])
    else:
        out = ONES[hour] + " " + ("oh " + ONES[minute] if minute < 10 else cardinal(minute, rng))
    return out + rng.choice(["", "", " a m", " p m", " in the morning", " in the evening"])


def normalise(text, lexicon, rng):
    """Lower-case words, or None where a character or a word is not known."""
    text = text.lower().strip().replace("\u2019", "'").replace("&", " and ").replace("%", " percent")
    text = re.sub(r"\$(\d+)(?:\.00)?(?!\d|[.,]\d)", lambda m: cardinal(int(m[1]), rng) + (" dollar" if m[1] == "1" else " dollars"), text)
    text = re.sub(r"\b(\d{1,2}):(\d\d)\b", lambda m: clock(int(m[1]), int(m[2]), rng) if 1 <= int(m[1]) <= 12 and int(m[2]) < 60 else "\\", text)
    text = re.sub(r"\b(\d{1,2})(st|nd|rd|th)\b", lambda m: ordinal(int(m[1])), text)
    text = re.sub(r"\b([ap])\.?m\b\.?", r"\1 m", text)
    text = re.sub(r"(\d)([a-z])", r"\1 \2", text)

    def number(match):
        digits = match[0]
        if len(digits) == 4 and digits[:2] in ("19", "20"):
            return year(int(digits), rng)
        if len(digits) > 4 or digits[0] == "0":
            return " ".join(ONES[int(d)] for d in digits)
        return cardinal(int(digits), rng)

    text = re.sub(r"\d+", number, text)
    text = re.sub(r"[-/,.;:!?\"()]+", " ", text)
    words = [w.strip("'") if w.strip("'") in lexicon else w for w in text.split()]
    if not words or any(w not in lexicon for w in words):
        return None
    return " ".join(words)


def read_sources(root):
    """User turns of every dialogue and intent set, as written, by set."""
    out = {}
    out["sgd"] = [t["utterance"] for f in glob.glob(f"{root}/dialogue/sgd/train/dialogues_*.json") for d in json.load(open(f)) for t in d["turns"] if t["speaker"] == "USER"]
    rows = [r for f in glob.glob(f"{root}/dialogue/multidogo/paper_splits/splits_annotated_at_turn_level/*/train.tsv") for r in csv.DictReader(open(f), delimiter="\t", quoting=csv.QUOTE_NONE)]
    out["multidogo"] = [r["utterance"] for r in rows if r["utterance"]]
    turns = []
    for f in glob.glob(f"{root}/dialogue/taskmaster/TM-3-2020/reward/*.json"):
        for d in json.load(open(f)):
            try:
                turns += [t["text"] for t in json.loads(d["context"]) if t.get("role") == "user" and "text" in t]
            except (KeyError, ValueError, TypeError):
                continue
    out["taskmaster"] = turns
    star = []
    for f in glob.glob(f"{root}/dialogue/star/dialogues/*.json")[:4000]:
        star += [e["Text"] for e in json.load(open(f))["Events"] if e.get("Agent") == "User" and e.get("Text")]
    out["star"] = star
    out["banking77"] = [r["text"] for r in csv.DictReader(open(f"{root}/intents/banking77/train.csv"))]
    out["clinc150"] = [x[0] for k, v in json.load(open(f"{root}/intents/clinc150/train_val.json")).items() for x in v]
    return out


OPEN_FOLDERS = ("podcast", "brainscience", "founderstalk", "afk", "friends", "rfc", "spotlight")


def read_open(root):
    """Sentences of edited conversation and of speeches and stories: words callers use that no domain set has."""
    out = []
    for folder in OPEN_FOLDERS:
        for f in sorted(glob.glob(f"{root}/lm/changelog/{folder}/**/*.md", recursive=True)):
            for line in open(f, encoding="utf-8", errors="replace"):
                text = re.sub(r"^\*\*[^*]*\*\*", "", line.strip())
                if "[" not in text and "http" not in text:
                    out += re.split(r"(?<=[.!?]) ", text)
    for name in ("state_union", "inaugural", "genesis"):
        archive = zipfile.ZipFile(f"{root}/lm/nltk/{name}.zip")
        for member in archive.namelist():
            if member.endswith(".txt"):
                text = " ".join(archive.read(member).decode("utf-8", "replace").split())
                out += re.split(r"(?<=[.!?]) ", text)
    for f in glob.glob(f"{root}/dialogue/topicalchat/**/*train*.json", recursive=True):
        for d in json.load(open(f)).values():
            out += [t["message"] for t in d["content"]] if isinstance(d, dict) and "content" in d else []
    return out


SHORT = """yes|no|yes please|no thanks|no thank you|no thanks that's all|no that's all|that's all|that is all thank you|okay|ok|sure|yeah|yep|yup|nope|
that's right|that's correct|correct|that's wrong|no that's not right|right|hello|hi|hey|hi there|good morning|good afternoon|thanks|thank you|
thank you very much|thanks a lot|bye|goodbye|have a nice day|speak to a human|i want to speak to a human|can i talk to a person|agent please|
talk to an agent|representative|operator|let me speak to someone|can you repeat that|say that again please|sorry|pardon|what|what did you say|
hold on|one moment|just a second|wait a minute|i don't know|i'm not sure|never mind|cancel|stop|help|go ahead|sounds good|great|perfect|
please do|of course|absolutely|not really|i think so|i guess so|no problem|all right|uh|um|let me check|yes i do|no i don't|yes it is|no it isn't|
yes i am|yes that's me|speaking|that would be great|nothing else|that's it|no that's it|that's everything|i'm done|i'm good thank you""".replace("\n", "").split("|")

CARD = ["card", "debit card", "credit card", "bank card", "wallet", "phone", "passport", "checkbook", "purse"]
LOST = ["i lost my {c}", "i've lost my {c}", "i have lost my {c}", "my {c} was stolen", "my {c} has been stolen", "someone stole my {c}", "i can't find my {c}",
        "i think i lost my {c}", "i need to report a lost {c}", "i want to report a stolen {c}", "please block my {c}", "can you freeze my {c}", "i need a new {c}",
        "i'd like to cancel my {c}", "my {c} is missing", "my {c} doesn't work", "my {c} got stolen {w}", "i lost my {c} {w}", "i left my {c} at the {p}", "i dropped my {c} {w}"]
WHEN = ["today", "yesterday", "last night", "this morning", "on monday", "two days ago", "last week", "an hour ago", "on the train", "on the bus", "at the airport"]
PLACE = ["store", "restaurant", "airport", "hotel", "bank", "station", "office", "gym", "bar"]
BANK = ["what's my balance", "what is my account balance", "how much money do i have", "check my balance please", "i'd like to check the balance of my {a}", "transfer {m} to my {a}",
        "i want to send {m} to {n}", "can i transfer {m} from my {a} to {n}", "i'd like to pay my bill", "there's a charge of {m} i don't recognize", "i was charged twice",
        "i don't recognize a payment of {m}", "i want to open a {a}", "i need to change my address", "i forgot my password", "i forgot my pin", "what's the interest rate on the {a}",
        "when is my payment due", "i want to dispute a charge", "what are your opening hours", "how do i activate my card", "i need to change my pin", "the machine kept my card",
        "i'd like to make an appointment", "can i come on {d}", "i'd like to book for {d} at {t}", "it was on {d}", "the amount was {m}", "{m}", "{m} please", "at {t}", "{d}", "on {d} at {t}",
        "my name is {n}", "this is {n}", "it's {n}", "my last name is {l}", "my account number is {g}", "the number is {g}", "it's {g}", "my pin is {g}", "the last four digits are {f}", "{f}",
        "my card number is {g}", "my phone number is {g}", "my date of birth is {d}", "i was born on {d}", "it ends in {f}", "my zip code is {z}", "the code is {g}", "{n} spelled {s}", "{s}",
        "my email is {e}", "{e}", "it's {e}", "send it to {e}", "my address is {r}", "i live at {r}", "{r}", "we moved to {r}", "the reference is {o}", "my order number is {o}", "{o}",
        "about {k} percent", "it was on {u}", "i saw it on {u}", "the flight is {o}"]
ACCOUNT = ["checking account", "savings account", "account", "credit card", "loan", "mortgage"]


def digits(rng, low=1, high=16):
    n = rng.randint(low, high)
    zero = rng.choice(["zero", "oh"])
    names = [zero] + ONES[1:10]
    if rng.random() < 0.5:  # as one says phone numbers: groups are heard but not written
        n = rng.choice([3, 4, 4, 6, 7, 10, 10, 16, n])
    out, i = [], 0
    while i < n:
        d, r = rng.randrange(10), rng.random()
        if r < 0.04 and i + 1 < n:
            out.append("double " + names[d]); i += 2
        elif r < 0.05 and i + 2 < n:
            out.append("triple " + names[d]); i += 3
        else:
            out.append(names[d]); i += 1
    return " ".join(out)


def money(rng):
    r = rng.random()
    n = rng.choice([rng.randint(1, 20), rng.randint(1, 99), rng.randint(1, 9) * 100, rng.randint(1, 2000), rng.randint(1, 50) * 1000, rng.randint(1, 900) * 10])
    if r < 0.65:
        return cardinal(n, rng) + (" dollar" if n == 1 else " dollars") + (" and " + cardinal(rng.randint(2, 99), rng) + " cents" if rng.random() < 0.25 else "")
    if r < 0.75:
        return cardinal(rng.randint(2, 200), rng) + rng.choice([" euros", " pounds", " bucks", " percent", " cents"])
    return cardinal(n, rng)


def date(rng):
    r = rng.random()
    if r < 0.3:
        return rng.choice(["", "", "next ", "this "]) + rng.choice(DAYS)
    day = ordinal(rng.randint(1, 31)) if rng.random() < 0.8 else cardinal(rng.randint(1, 31), rng)
    out = rng.choice(MONTHS) + " " + day if r < 0.8 else "the " + ordinal(rng.randint(1, 31)) + " of " + rng.choice(MONTHS)
    return out + (" " + year(rng.randint(1935, 2029), rng) if rng.random() < 0.45 else "")


MAIL = "gmail|yahoo|hotmail|outlook|icloud|proton|comcast".split("|")
STREET = "street|avenue|road|lane|drive|boulevard|court|place|way".split("|")
STREETS = "main|oak|maple|park|church|washington|lake|hill|elm|cedar|pine|river|spring|north|lincoln|jackson|highland|center|franklin|sunset|market|union|mill".split("|")
CITIES = "boston|chicago|dallas|denver|houston|phoenix|seattle|portland|austin|atlanta|miami|london|oakland|san jose|san diego|new york|los angeles|springfield|salem|madison".split("|")


def email(rng, first, last):
    name = rng.choice(first).replace("'", "")
    name += rng.choice(["", " dot " + rng.choice(last), " " + rng.choice(last), " underscore " + rng.choice(last), " " + digits(rng, 1, 4)])
    return name + " at " + rng.choice(MAIL) + " dot " + rng.choice(["com", "com", "com", "net", "org"])


def address(rng, last):
    number = cardinal(rng.randint(1, 99), rng) if rng.random() < 0.4 else rng.choice([digits(rng, 2, 4), cardinal(rng.randint(1, 99), rng) + " " + cardinal(rng.randint(10, 99), rng), cardinal(rng.randint(1, 99) * 100, rng)])
    out = number + " " + rng.choice(STREETS + [rng.choice(last), ordinal(rng.randint(1, 99))]) + " " + rng.choice(STREET)
    if rng.random() < 0.3:
        out += rng.choice([" apartment ", " unit ", " suite "]) + cardinal(rng.randint(1, 40), rng)
    return out + (" " + rng.choice(["", "in "]) + rng.choice(CITIES) if rng.random() < 0.4 else "")


def code(rng):
    """Letters and digits as one reads a reference."""
    letters = lambda n: " ".join(rng.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(n))
    return rng.choice([letters(2) + " " + digits(rng, 2, 5), letters(1) + " " + digits(rng, 3, 6), digits(rng, 2, 3) + " " + letters(2) + " " + digits(rng, 2, 3), letters(rng.randint(3, 6))])


def generate(rng, first, last):
    """One invented caller turn."""
    r = rng.random()
    if r < 0.20:
        return digits(rng)
    if r < 0.34:
        return rng.choice(SHORT)
    if r < 0.40:
        return rng.choice(["yes", "no", "okay", "hi", "hello", "sure", "um", "sorry", "please", "thanks", "well"]) + " " + rng.choice(SHORT)
    fill = {
        "c": rng.choice(CARD), "w": rng.choice(WHEN), "p": rng.choice(PLACE), "a": rng.choice(ACCOUNT), "m": money(rng), "d": date(rng),
        "t": clock(rng.randint(1, 12), rng.choice([0, 0, 15, 30, 45, rng.randint(0, 59)]), rng), "g": digits(rng, 4, 12), "f": digits(rng, 4, 4), "z": digits(rng, 5, 5),
        "l": rng.choice(last), "s": " ".join(rng.choice(last if rng.random() < 0.8 else first).replace("'", "")), "n": rng.choice(first) + (" " + rng.choice(last) if rng.random() < 0.7 else ""),
        "e": email(rng, first, last), "r": address(rng, last), "o": code(rng), "k": cardinal(rng.randint(1, 100), rng),
        "u": rng.choice(["w w w dot ", ""]) + rng.choice(last).replace("'", "") + " dot " + rng.choice(["com", "org", "net"]),
    }
    pattern = rng.choice(LOST) if r < 0.58 else rng.choice(BANK)
    text = pattern.format(**fill)
    if rng.random() < 0.25:
        text = rng.choice(["hi", "hello", "hey", "yes", "yeah", "um", "okay", "good morning", "so", "hi there", "well", "please help"]) + " " + text
    if rng.random() < 0.1:
        text += " " + rng.choice(["please", "thanks", "thank you", "can you help me", "what should i do"])
    return text


def load_lexicon(path):
    """CMUdict: word -> phones without stress; the first pronunciation."""
    out = {}
    for line in open(path, encoding="utf-8"):
        parts = line.split("#")[0].split()
        if parts and "(" not in parts[0]:
            out[parts[0]] = [re.sub(r"\d", "", p) for p in parts[1:]]
    return out


def names(root, lexicon):
    first, last = set(), set()
    for row in csv.DictReader(open(f"{root}/pii/lists/FakeNameGenerator.com_3000.csv", encoding="utf-8-sig")):
        if row["NameSet"] in ("American", "England/Wales", "Hispanic", "Australian", "Scottish"):
            first.add(row["GivenName"].lower()); last.add(row["Surname"].lower())
    common = "james john robert michael mary smith johnson williams brown jones garcia miller davis wilson anderson taylor thomas moore martin lee thompson white harris clark lewis walker hall young king wright green adams baker nelson carter".split()
    return sorted(w for w in first | set(common[:5]) if w in lexicon), sorted(w for w in last | set(common[5:]) if w in lexicon)


def main():
    args = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    args.add_argument("--text", required=True, help="folder with dialogue/, intents/, rules/, pii/ unpacked")
    args.add_argument("--count", type=int, default=40000)
    args.add_argument("--out", required=True)
    args.add_argument("--exclude", help="test sentences never to train on")
    args.add_argument("--seed", type=int, default=1)
    args.add_argument("--open-share", type=float, default=0.0, help="share of sentences of open text")
    args = args.parse_args()
    rng = random.Random(args.seed)
    lexicon = load_lexicon(f"{args.text}/rules/g2p/cmudict.dict")
    for letter in "abcdefghijklmnopqrstuvwxyz":
        assert letter in lexicon, letter
    first, last = names(args.text, lexicon)
    test = {line.strip() for line in open(args.exclude)} if args.exclude else set()
    pools = {}
    for name, raw in read_sources(args.text).items():
        rng.shuffle(raw)
        seen = {}
        for text in raw[:40000]:
            clean = normalise(text, lexicon, rng)
            if clean and 1 <= len(clean.split()) <= 24:
                seen[clean] = None
        pools[name] = [s for s in seen if s not in test or len(s.split()) <= 3]
        print(name, len(raw), "->", len(pools[name]), pools[name][:3])
    if args.open_share:
        sentences = read_open(args.text)
        rng.shuffle(sentences)
        clean = (normalise(text, lexicon, rng) for text in sentences[:150000])
        pools["open"] = [s for s in clean if s and 2 <= len(s.split()) <= 22]
        print("open", len(sentences), "->", len(pools["open"]), pools["open"][:3])
    weight = {"sgd": 0.3, "multidogo": 0.22, "taskmaster": 0.06, "star": 0.12, "banking77": 0.15, "clinc150": 0.15}
    kinds, shares = zip(*weight.items())
    with open(args.out, "w") as out:
        for _ in range(args.count):
            if rng.random() < args.open_share:
                out.write(rng.choice(pools["open"]) + "\n")
                continue
            text = generate(rng, first, last) if rng.random() < 0.5 else rng.choice(pools[rng.choices(kinds, shares)[0]])
            text = " ".join(text.split())
            if (text in test and len(text.split()) > 3) or any(w not in lexicon for w in text.split()):
                continue
            out.write(text + "\n")


if __name__ == "__main__":
    main()
