"""Schema-Guided Dialogue as conversations with tools.

A call's arguments are written as they were last said, not in the data set's canonical form: the model copies, and the
types of the schema (`format: date`, ...) are normalised by rules afterwards. Names of tools, parameters and entities are
changed at random, so that the model learns to read the schema and to copy from the conversation.
"""

import glob
import json
import random
import re

from prompt import Sample
from spoken import Transcriber

WORDS = {
    "location": ["city", "place", "area", "where"], "city": ["location", "town", "place"], "date": ["day", "when"],
    "time": ["hour", "clock_time"], "number": ["count", "amount"], "restaurant": ["diner", "place"], "find": ["search", "look_up", "list"],
    "get": ["fetch", "find", "show"], "reserve": ["book", "make_reservation"], "book": ["reserve", "order"], "buy": ["purchase", "order"],
    "search": ["find", "look_up"], "destination": ["to", "target", "going_to"], "origin": ["from", "departure"], "departure": ["leaving", "start"],
    "type": ["kind", "category"], "category": ["type", "kind"], "name": ["title", "label"], "price": ["cost", "fee"], "check": ["get", "view", "read"],
    "add": ["create", "set", "new"], "account": ["acct"], "recipient": ["payee", "receiver"], "transfer": ["send", "move"], "money": ["funds"],
    "seats": ["people", "guests", "party"], "passengers": ["travelers", "people"], "hotel": ["lodging", "inn"], "event": ["show"],
    "movie": ["film"], "movies": ["films"], "music": ["songs"], "song": ["track"], "artist": ["singer", "performer"], "play": ["start", "stream"],
    "schedule": ["plan", "arrange"], "property": ["home", "apartment"], "visit": ["viewing"], "doctor": ["physician"], "dentist": ["dental"],
    "stylist": ["hairdresser", "salon"], "appointment": ["booking", "slot"], "onward": ["outbound"], "one": ["single"], "way": ["trip"],
    "has": ["with", "offers"], "is": ["be"], "rooms": ["beds"], "stay": ["nights"], "weather": ["forecast"], "cuisine": ["food"], "genre": ["style"],
}
ROLES = [
    "You are the phone assistant of {who}. {what}.", "You answer the phone for {who}. {what}.", "You are {agent}, a friendly voice agent. {what}.",
    "You are a virtual assistant on the phone. {what}. Keep it short.", "{what}. Speak in short sentences.", "Phone agent. {what}.",
    "You are {agent} from {who}. {what}. Never make up facts.", "You are a helpful phone agent for {who}. Use the tools. Be brief.",
]
AGENTS = "Sara James Linda Emily Lucia Max Nora Tom Ava Leo Priya Sam".split()
COMPANIES = ["Harbour", "Northwind", "City Desk", "Bluebird", "Lakeside", "Evergreen", "Oak Street", "Sunrise", "Metro", "Pine Valley", "Atlas"]
PHRASES = ["Let me check that for you.", "One moment, please.", "Sure, let me look.", "Okay, one second.", "Let me see what I can find.",
           "Alright, I'm on it.", "Got it, just a moment.", "Sure, I'll look that up.", "Let me take care of that.", "Okay, checking now."]
SYLLABLES = "ka lo mi ren da vo sel tor an ber cas du el fi gar hu is jo ku lan mor ni os pa qui ras sa ti um ve wes xa yo zan".split()


def load_schema(folder):
    return {s["service_name"]: s for s in json.load(open(f"{folder}/schema.json"))}


def load_dialogues(folder):
    for path in sorted(glob.glob(f"{folder}/dialogues_*.json")):
        yield from json.load(open(path))


def pieces(name):
    return [w.lower() for w in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+", name)]


def rename(name, rng, style, change):
    words = pieces(name)
    if change:
        words = [w for word in words for w in (rng.choice(WORDS[word]) if word in WORDS and rng.random() < 0.5 else word).split("_")]
    return styled(words, style)


def styled(words, style):
    if style == "snake":
        return "_".join(words)
    if style == "camel":
        return words[0] + "".join(w.capitalize() for w in words[1:])
    return "".join(w.capitalize() for w in words)


def thin(description, rng, rate):
    if rng.random() < rate:
        return ""
    return description


EMPTY = set("a an the of to in on at for with by from or and is are be it its this that was which if whether where when what who how "
            "as any all some such boolean flag given made user s not".split())


def named_after(description, rng):
    """A name out of the words of a description, or none."""
    words = [w for w in re.findall(r"[a-z]+", description.lower()) if w not in EMPTY]
    if not words:
        return None
    count = rng.choice([1, 2, 2, 3])
    first = rng.randrange(max(1, len(words) - count + 1))
    return words[first:first + count]


def new_name(name, description, rng, style, mode):
    """(a name that only the schema tells, whether nothing but its description says what it is)."""
    dice = rng.random()
    if mode == "known" or dice < 0.2:
        return rename(name, rng, style, mode != "known" and dice < 0.15), False
    if dice < 0.45:
        return rename(name, rng, style, True), False
    if dice < 0.88:
        words = named_after(description, rng)
        if words:
            return styled(words, style), False
    if not description:
        return rename(name, rng, style, True), False
    return styled([wordish(rng).lower() for _ in range(rng.choice([1, 1, 2]))], style), True


class Tools:
    """The tools of one conversation, with the names that they go by in it."""

    def __init__(self, services, schema, rng, augment=True):
        self.rng, self.augment = rng, augment
        mode = "free" if augment and rng.random() < 0.75 else "known"
        style = rng.choice(["snake", "snake", "camel", "pascal"]) if augment else "asis"
        self.names, self.slots, self.tools, self.description = {}, {}, [], {}
        drop = rng.choice([0.0, 0.0, 0.3]) if augment else 0.0
        taken, described = set(), set()
        for service in services:
            entry = schema[service]
            slots = {s["name"]: s for s in entry["slots"]}
            for name, slot in slots.items():
                new, bare = name, False
                if style != "asis":
                    new, bare = new_name(name, slot["description"], rng, "snake" if style != "camel" else "camel", mode)
                self.slots[service, name] = new
                if bare:
                    described.add((service, name))
                self.description[service, name] = slot["description"]
            for intent in entry["intents"]:
                new, bare = intent["name"], False
                if style != "asis":
                    new, bare = new_name(intent["name"], intent["description"], rng, style, mode if rng.random() < 0.6 else "known")
                while new in taken:
                    new += "2" if new[-1] != "2" else "3"
                taken.add(new)
                self.names[service, intent["name"]] = new
                parameters, seen = [], set()
                for slot in intent["required_slots"] + list(intent["optional_slots"]):
                    about, new_slot = slots[slot], self.slots[service, slot]
                    if new_slot in seen:
                        new_slot = self.slots[service, slot] = styled(pieces(slot) + pieces(wordish(rng)), "snake")
                    seen.add(new_slot)
                    values = about["possible_values"] if about["is_categorical"] else []
                    kind = "boolean" if set(values) == {"True", "False"} else "string"
                    parameters.append((new_slot, slot in intent["required_slots"], kind, thin(about["description"], rng, 0.0 if (service, slot) in described else drop),
                                       [] if kind == "boolean" else values))
                if augment and rng.random() < 0.4:
                    parameters += self.never_said(services, schema, seen, "snake" if style != "camel" else "camel")
                if augment and rng.random() < 0.6:
                    rng.shuffle(parameters)
                self.tools.append({"name": new, "description": thin(intent["description"], rng, 0.0 if bare else drop), "parameters": parameters,
                                   "of": (service, intent["name"])})
        if augment:
            rng.shuffle(self.tools)

    def never_said(self, services, schema, taken, style):
        """Optional parameters of other services, of which the conversation cannot speak: they must be left out."""
        talked = {w for s in services for slot in schema[s]["slots"] for w in pieces(slot["name"])}
        others = [slot for s in schema if s not in services for slot in schema[s]["slots"]
                  if slot["is_categorical"] and not talked & set(pieces(slot["name"])) and slot["name"] not in taken]
        found = {}
        for slot in self.rng.sample(others, min(len(others), self.rng.choice([1, 1, 2, 3]))):
            values = slot["possible_values"]
            kind = "boolean" if set(values) == {"True", "False"} else "string"
            name = styled(pieces(slot["name"]), style)
            found.setdefault(name, (name, False, kind, slot["description"], [] if kind == "boolean" else values))
        return list(found.values())


def last_said(variants, history):
    """The variant that was said last, as it was written there; the last of them if none was."""
    best, where = None, -1
    low = history.lower()
    for variant in variants:
        at = low.rfind(variant.lower())
        if at > where or (at == where and best and len(variant) > len(best)):
            best, where = history[at:at + len(variant)], at
    return best if where >= 0 else None


def wordish(rng):
    return "".join(rng.choice(SYLLABLES) for _ in range(rng.choice([2, 2, 3]))).capitalize()


def swaps(dialogue, schema, pool, rng):
    """New names for entities of the dialogue: {old: new}, longest first."""
    free = set()
    for turn in dialogue["turns"]:
        for frame in turn["frames"]:
            categorical = {s["name"] for s in schema[frame["service"]]["slots"] if s["is_categorical"]}
            for action in frame["actions"]:
                if action["slot"] in categorical or re.search("date|time|number|price|amount|phone|count|balance", action["slot"]):
                    continue
                free.update(v for v in action["values"] if len(v) > 3 and v[0].isupper() and v.isascii() and "/" not in v)
    out = {}
    for value in sorted(free, key=len, reverse=True):
        if rng.random() < 0.7:
            out[value] = rng.choice(pool) if rng.random() < 0.6 else " ".join(wordish(rng) for _ in value.split()[:3])
    return out


def swap(text, table):
    for old, new in table.items():
        if old in text:
            text = text.replace(old, new)
    return text


def goal(actions, tools, service, rng):
    """What the system's acts ask the agent to do, in words."""
    parts = []
    name = lambda slot: tools.slots.get((service, slot), slot).replace("_", " ")
    for act in actions:
        kind, slot, values = act["act"], act["slot"], act["values"]
        if kind == "REQUEST":
            parts.append(f"ask for {name(slot)}" + (f" ({', '.join(values[:3])}?)" if values else ""))
        elif kind == "CONFIRM":
            parts.append(f"read back {name(slot)}={values[0]}")
        elif kind in ("INFORM", "OFFER"):
            parts.append(f"{'say' if kind == 'INFORM' else 'offer'} {name(slot)}={values[0]}" if values else f"say {name(slot)}")
        elif kind == "INFORM_COUNT":
            parts.append(f"say that there are {values[0]}")
        elif kind == "NOTIFY_SUCCESS":
            parts.append("say that it is done")
        elif kind == "NOTIFY_FAILURE":
            parts.append("say that it failed")
        elif kind == "REQ_MORE":
            parts.append("ask if anything else is wanted")
        elif kind == "GOODBYE":
            parts.append("say goodbye")
        elif kind == "OFFER_INTENT":
            parts.append(f"offer to {' '.join(pieces(values[0])).lower()}" if values else "offer help")
    text = "; ".join(parts)
    return text[:1].upper() + text[1:] if rng.random() < 0.5 else text


def used_results(results, later_text, call, tools, service):
    """What the conversation goes on to use of the results, and a little more; what the call itself said is left out."""
    items, seen = [], set()
    for item in results[:6]:
        new = {k: v for k, v in item.items() if call["parameters"].get(k) != v}
        used = {k: v for k, v in new.items() if str(v).lower() in later_text and v not in seen}
        if not items or any(len(str(v)) > 4 for v in used.values()):
            keys = list(used) + [k for k in new if k not in used][:1]
            items.append({tools.slots.get((service, k), k): item[k] for k in item if k in keys[:6]})
            seen.update(v for v in used.values() if len(str(v)) > 4)
        if len(items) == 3:
            break
    return items


def part(turns, rng):
    """Long conversations are also learnt from where the second matter begins: (first turn, services)."""
    service_at, known = [], set()
    for number, turn in enumerate(turns):
        new = {f["service"] for f in turn["frames"]} - known
        if turn["speaker"] == "USER" and new:
            service_at.append(number)
            known |= new
    first = rng.choice(service_at[1:]) if len(service_at) > 1 and rng.random() < 0.4 else 0
    if not first and len(service_at) > 1 and rng.random() < 0.6:
        return turns[:service_at[-1]]
    return turns[first:]


def windows(dialogue, schema, rng, pool, share):
    """The last turns before a call, as many as hold all that it needs; and some of the agent's other turns."""
    turns = dialogue["turns"]
    for last, turn in enumerate(turns):
        if turn["speaker"] != "SYSTEM" or rng.random() > share:
            continue
        calls = [(f["service"], f["service_call"]) for f in turn["frames"] if "service_call" in f]
        if not calls and rng.random() > 0.5:
            continue
        first = last - rng.choice([1, 1, 3, 5])
        while calls and first > 0 and first > last - 15 and not all_said(calls[0], turns[max(first, 0):last], schema):
            first -= 2
        first = max(first, 0)
        first += turns[first]["speaker"] != "USER"
        yield conversation({"turns": turns[first:last + 1]}, schema, rng, pool, whole=True)


def all_said(call, turns, schema):
    service, call = call
    categorical = {s["name"] for s in schema[service]["slots"] if s["is_categorical"]}
    states = next((f["state"]["slot_values"] for f in turns[-1]["frames"] if f["service"] == service), {})
    history = "\n".join(t["utterance"] for t in turns)
    return all(slot in categorical or last_said(states.get(slot, []) + [value], history) for slot, value in call["parameters"].items())


def conversation(dialogue, schema, rng, pool=None, augment=True, distractors=True, whole=False):
    """One Sample; with `augment` False as it stands (for evaluation): also the gold calls are returned."""
    turns = part(dialogue["turns"], rng) if augment and not whole else dialogue["turns"]
    talked = sorted({f["service"] for t in turns for f in t["frames"]})
    services = list(talked)
    if augment and distractors and rng.random() < (0.6 if len(services) == 1 else 0.1):
        services += rng.sample([s for s in schema if s not in services], 1)
        rng.shuffle(services)
    tools = Tools(services, schema, rng, augment)
    table = swaps(dialogue, schema, pool, rng) if augment and rng.random() < 0.5 else {}
    heard = Transcriber(rng) if augment else (lambda text, keep=(): text)
    phrase_rate = rng.choice([0.0, 0.0, 0.8]) if augment else 0.0
    node_rate = rng.choice([0.0, 0.0, 0.9]) if augment else 0.0
    slot_rate = rng.choice([0.0, 0.0, 0.0, 0.8]) if augment else 0.0

    sample, gold = Sample(), []
    what = "; ".join(schema[s]["description"].rstrip(".") for s in talked)
    role = ROLES[0] if not augment else rng.choice(ROLES)
    sample.system(role.format(who="the company" if not augment else rng.choice(COMPANIES), agent=rng.choice(AGENTS), what=what))
    for tool in tools.tools:
        sample.tool(tool)
    history, state = "", {}
    for number, turn in enumerate(turns):
        text = swap(turn["utterance"], table)
        if turn["speaker"] == "USER":
            for frame in turn["frames"]:
                state[frame["service"]] = {k: [swap(v, table) for v in vs] for k, vs in frame["state"]["slot_values"].items()}
            keep = [v for f in turn["frames"] for a in f["actions"] for v in (swap(x, table) for x in a["values"])]
            text = heard(text, keep)
            sample.user(text)
            history += "\n" + text
            continue
        for frame in turn["frames"]:
            service = frame["service"]
            known = {k: last_said(v, history) or v[-1] for k, v in state.get(service, {}).items()}
            slots = {tools.slots[service, k]: v for k, v in known.items() if (service, k) in tools.slots}
            if slot_rate and rng.random() < slot_rate:
                sample.context(slots=slots)
            if "service_call" in frame:
                call = frame["service_call"]
                name, arguments, accept, learnt = tools.names[service, call["method"]], {}, {}, True
                order = next(t for t in tools.tools if t["of"] == (service, call["method"]))["parameters"]
                position = {p[0]: i for i, p in enumerate(order)}
                for slot, canonical in call["parameters"].items():
                    variants = state.get(service, {}).get(slot, []) + [swap(canonical, table)]
                    new = tools.slots[service, slot]
                    said = last_said(variants, history)
                    value = said or variants[-1]
                    about = next(s for s in schema[service]["slots"] if s["name"] == slot)
                    if about["is_categorical"]:
                        value = canonical
                        if set(about["possible_values"]) == {"True", "False"}:
                            value = canonical == "True"
                    elif not said:
                        learnt = False
                    arguments[new] = value
                    accept[new] = variants
                arguments = dict(sorted(arguments.items(), key=lambda kv: position.get(kv[0], 99)))
                phrase = rng.choice(PHRASES) if rng.random() < phrase_rate else ""
                gold.append({"at": len(sample.spans), "service": service, "name": name, "accept": accept})
                sample.call(name, arguments, phrase, learnt)
                later = " ".join(t["utterance"] for t in turns[number:number + 7]).lower()
                results = used_results(frame.get("service_results", []), later, call, tools, service)
                results = [{k: swap(v, table) for k, v in item.items()} for item in results]
                sample.result({"count": len(frame.get("service_results", [])), "items": results})
            if node_rate and rng.random() < node_rate:
                sample.context(node=swap(goal(frame["actions"], tools, service, rng), table))
        sample.reply(text)
        history += "\n" + text
    return (sample, gold) if not augment else sample


def entity_pool(dialogues, names):
    """Names to put in place of others: of people, and of the data set's own entities."""
    found = set(names)
    for dialogue in dialogues:
        for turn in dialogue["turns"]:
            for frame in turn["frames"]:
                for action in frame["actions"]:
                    found.update(v for v in action["values"] if 3 < len(v) < 30 and v[0].isupper() and v.isascii() and "/" not in v)
    return sorted(found)
