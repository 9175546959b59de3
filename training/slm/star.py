"""STAR: wizards who follow task schemas and query interfaces, as conversations with tools."""

import glob
import json
import os
import random
import re

from prompt import Sample
from schema_guided import AGENTS, COMPANIES, PHRASES, last_said, pieces, styled
from spoken import Transcriber


def load_interfaces(folder):
    out = {}
    for path in glob.glob(f"{folder}/*.json"):
        body = json.load(open(path))
        parameters = []
        for field in body.get("input", []):
            kind = {"Integer": "integer", "Boolean": "boolean"}.get(field["Type"], "string")
            values = field.get("Categories", [])
            if len(values) > 12:
                values = []
            parameters.append((field["Name"], field["Name"] in body.get("required", []), kind, field.get("ReadableName", ""), values))
        out[os.path.basename(path)[:-5]] = parameters
    return out


def value_of(text):
    """A constraint's value: JSON, or the argument of `api.is_equal_to(...)`; None where it is a search expression."""
    found = re.fullmatch(r'api\.is_equal_to\((.+)\)', text) or re.fullmatch(r'(?!api\.)(.+)', text, re.S)
    if not found:
        return None
    try:
        value = json.loads(found[1])
    except ValueError:
        return None
    return value if isinstance(value, (str, int, bool)) else None


def conversation(dialogue, interfaces, rng: random.Random):
    events = dialogue["Events"]
    asked = [e for e in events if e["Action"] == "query" and e["APIName"] in interfaces]
    used = sorted({e["APIName"] for e in asked})
    others = [n for n in interfaces if n not in used]
    names = used + rng.sample(others, rng.choice([0, 1, 1, 2]))
    rng.shuffle(names)
    style = rng.choice(["snake", "camel", "pascal"])
    sample, heard = Sample(), Transcriber(rng)
    task = re.sub(r"\bthe user\b", "callers", dialogue["Scenario"]["WizardTask"]).rstrip(".")
    opening = rng.choice(["You are {a}, a phone agent. {t}.", "{t}. Be brief.", "You answer the phone for {c}. {t}."])
    sample.system(opening.format(a=rng.choice(AGENTS), t=task, c=rng.choice(COMPANIES)))
    fields = {}
    for name in names:
        values = {p[0]: styled(pieces(p[0]), "snake" if style == "snake" else "camel") for p in interfaces[name]}
        fields[name] = values
        seen_in = {k for e in asked if e["APIName"] == name for c in e["Constraints"] for k in c}
        listed = [(values[k], r, t, d, v) for k, r, t, d, v in interfaces[name] if k in seen_in or rng.random() < 0.4]
        sample.tool({"name": styled(name.split("_"), style), "description": "", "parameters": listed[:8]})
    history, node_rate, phrase_rate = "", rng.choice([0, 0, 0.9]), rng.choice([0, 0, 0.7])
    for event in events:
        action = event["Action"]
        if action == "utter" and event["Agent"] == "User":
            text = heard(event["Text"].strip())
            sample.user(text)
            history += "\n" + text
        elif action in ("utter", "pick_suggestion") and event["Agent"] == "Wizard":
            label = event.get("ActionLabel")
            if label and rng.random() < node_rate:
                sample.context(node=label.replace("_", " "))
            sample.reply(event["Text"].strip().replace("\t", " "))
            history += "\n" + event["Text"]
        elif action == "query" and event["APIName"] in interfaces:
            arguments = {}
            for constraint in event["Constraints"]:
                for key, text in constraint.items():
                    value = value_of(text)
                    if value is not None and key in fields[event["APIName"]]:
                        said = last_said([str(value)], history) if not isinstance(value, bool) else None
                        arguments[fields[event["APIName"]][key]] = said if said and isinstance(value, str) else value
            phrase = rng.choice(PHRASES) if rng.random() < phrase_rate else ""
            sample.call(styled(event["APIName"].split("_"), style), arguments, phrase)
        elif action == "return_item" and event["APIName"] in interfaces:
            item = {k: v for k, v in event.get("Item", {}).items() if k != "APIName" and len(str(v)) < 200}
            sample.result(item or {"count": 0})
    return sample


def load(folder):
    for path in sorted(glob.glob(f"{folder}/dialogues/*.json")):
        yield json.load(open(path))
