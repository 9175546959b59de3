"""Short samples that are nothing but reading one utterance against tools: which tool, and which words are its values.

Long conversations teach copying only slowly to a small model; these teach it densely. Sources: single turns of
Schema-Guided Dialogue, the utterances of snips and of clinc150.
"""

import glob
import json

from prompt import Sample
from schema_guided import new_name, pieces, rename, styled, swap, swaps, windows
from spoken import Transcriber

NOTE = ["note_details", "set_values", "update_form", "fill_slots", "remember"]
NOTE_ABOUT = ["Note what the caller said", "Write down details", "Fill in the form", "", "Keep values for later"]
ROLES = ["You are a phone agent.", "Phone agent. Be brief.", "You help callers.", "You answer the phone.", "Note what callers say."]


def from_turns(dialogue, schema, rng, pool):
    """One tool with the slots of a service; the call holds what this turn of the caller says."""
    table = swaps(dialogue, schema, pool, rng) if rng.random() < 0.7 else {}
    for turn in dialogue["turns"]:
        if turn["speaker"] != "USER" or rng.random() > 0.3:
            continue
        for frame in turn["frames"]:
            service, utterance = frame["service"], turn["utterance"]
            spans = {s["slot"]: utterance[s["start"]:s["exclusive_end"]] for s in frame["slots"]}
            style, mode = rng.choice(["snake", "snake", "camel"]), "free" if rng.random() < 0.75 else "known"
            about = {s["name"]: s for s in schema[service]["slots"]}
            chosen = chosen_values(frame, about)
            if not spans and not chosen:
                continue
            others = [s for s in about if s not in spans and s not in chosen]
            names = list(spans) + list(chosen) + rng.sample(others, min(len(others), rng.choice([1, 2, 4])))
            rng.shuffle(names)
            drop = rng.choice([0.0, 0.5])
            called = {n: new_name(n, about[n]["description"], rng, style, mode) for n in names}
            new = {n: called[n][0] for n in names}
            if len(set(new.values())) < len(new):
                new = {n: styled(pieces(n), style) for n in names}
            sample, heard = Sample(), Transcriber(rng)
            sample.system(rng.choice(ROLES))
            parameters = []
            for n in names:
                values = about[n]["possible_values"] if about[n]["is_categorical"] else []
                is_flag = set(values) == {"True", "False"}
                description = "" if rng.random() < drop and not called[n][1] else about[n]["description"]
                parameters.append((new[n], False, "boolean" if is_flag else "string", description, [] if is_flag else values))
            sample.tool({"name": rng.choice(NOTE), "description": rng.choice(NOTE_ABOUT), "parameters": parameters})
            name = sample.spans[-1][0].split("\n")[0].split(":")[0]
            values = {n: swap(v, table) for n, v in spans.items()}
            text = heard(swap(utterance, table), keep=list(values.values()))
            sample.user(text)
            low = text.lower()
            arguments = {}
            for n in names:
                if n in chosen:
                    arguments[new[n]] = chosen[n] == "True" if chosen[n] in ("True", "False") else chosen[n]
                elif n in values:
                    at = low.find(values[n].lower())
                    if at < 0:
                        break
                    arguments[new[n]] = text[at:at + len(values[n])]
            else:
                sample.call(name, arguments)
                yield sample


def chosen_values(frame, about):
    """Values of slots with a list of them that this turn tells."""
    return {a["slot"]: a["canonical_values"][0] for a in frame["actions"]
            if a["act"] == "INFORM" and len(a.get("canonical_values", [])) == 1 and about[a["slot"]]["is_categorical"]
            and a["canonical_values"][0] in about[a["slot"]]["possible_values"]}


def from_snips(folder, rng, count):
    """Seven intents with slots as tools."""
    intents = {}
    for path in sorted(glob.glob(f"{folder}/train_*_full.json")):
        name = path.split("train_")[1].split("_full")[0]
        intents[name] = json.load(open(path, encoding="latin-1"))[name]
    slots = {n: sorted({p["entity"] for item in items for p in item["data"] if "entity" in p}) for n, items in intents.items()}
    for _ in range(count):
        intent = rng.choice(sorted(intents))
        item = rng.choice(intents[intent])
        said = [(p.get("entity"), p["text"]) for p in item["data"]]
        given = {}
        for entity, text in said:
            if entity and text.strip():
                given.setdefault(entity, text.strip())
        style = rng.choice(["snake", "camel", "pascal"])
        tools = [intent] + rng.sample([n for n in intents if n != intent], rng.choice([0, 1, 2]))
        rng.shuffle(tools)
        names = {n: rename(n, rng, style, rng.random() < 0.4) for n in tools}
        sample, heard = Sample(), Transcriber(rng)
        sample.system(rng.choice(ROLES))
        order = []
        for tool in tools:
            pick = [s for s in slots[tool] if tool == intent and s in given] + rng.sample(slots[tool], min(3, len(slots[tool])))
            pick = list(dict.fromkeys(pick))
            rng.shuffle(pick)
            if tool == intent:
                order = pick
            sample.tool({"name": names[tool], "description": "", "parameters": [(s, False, "string", "", []) for s in pick]})
        text = heard("".join(t for _, t in said).strip(), keep=list(given.values()))
        low = text.lower()
        arguments, whole = {}, True
        for slot in order:
            if slot in given:
                at = low.find(given[slot].lower())
                whole &= at >= 0
                arguments[slot] = text[at:at + len(given[slot])]
        if whole:
            sample.user(text)
            sample.call(names[intent], arguments)
            yield sample


def from_clinc(path, rng, count):
    """Which of some tools without parameters does an utterance want, or none of them?"""
    data = json.load(open(path))
    by_intent = {}
    for text, intent in data["train"]:
        by_intent.setdefault(intent, []).append(text)
    names = sorted(by_intent)
    for _ in range(count):
        tools = rng.sample(names, rng.choice([2, 3, 5, 7]))
        intent = rng.choice(tools) if rng.random() < 0.8 else rng.choice(names)
        style = rng.choice(["snake", "camel", "pascal"])
        shown = {t: styled(pieces(t), style) for t in tools}
        sample, heard = Sample(), Transcriber(rng)
        sample.system(rng.choice(ROLES))
        for tool in tools:
            sample.tool({"name": shown[tool], "description": "", "parameters": []})
        sample.user(heard(rng.choice(by_intent[intent])))
        if intent in tools:
            sample.call(shown[intent], {})
        else:
            sample.reply(rng.choice(["I can't do that, sorry. Is there anything else?", "Sorry, I can't help with that.", "That's not something I can do here."]))
        yield sample


def samples(text, dialogues, schema, pool, rng):
    out = []
    for dialogue in dialogues:
        out += from_turns(dialogue, schema, rng, pool)
        out += windows(dialogue, schema, rng, pool, 0.35)
    out += from_snips(f"{text}/intents/snips", rng, 6000)
    out += from_clinc(f"{text}/intents/clinc150/train_val.json", rng, 5000)
    return out


