"""Taskmaster-3 (cinema tickets) and Taskmaster-4 (coffee orders) as conversations with tools."""

import glob
import json
import random
import re

from prompt import Sample
from schema_guided import AGENTS, styled, pieces
from spoken import Transcriber


def cinema_rows(folder):
    """The longest row of each dialogue, as its text of tags."""
    best = {}
    for path in sorted(glob.glob(f"{folder}/splits/train/*.tsv")):
        for line in open(path, encoding="utf-8"):
            cells = line.rstrip("\n").split("\t")
            if len(cells) == 3 and "<C>" in cells[0] and len(cells[0]) > len(best.get(cells[2], ("", ""))[0]):
                best[cells[2]] = (cells[0].split("<C>", 1)[1], cells[1])
    return [best[k] for k in sorted(best)]


def cinema(row, interfaces, rng: random.Random):
    text, target = row
    parts = re.findall(r"<(U|A|PN|PAN|PAV|PR|PRAN|PRAV)>([^<]*)", text)
    if target.startswith("[A]"):
        parts.append(("A", target[3:].rstrip('"')))
    style, heard, sample = rng.choice(["snake", "camel"]), Transcriber(rng), Sample()
    used = {v for k, v in parts if k == "PN"}
    names = sorted(used | set(rng.sample(sorted(interfaces), 2)))
    key = lambda name: styled([w for p in name.split(".")[::-1] for w in p.split("_")], style)
    sample.system(rng.choice(["You sell cinema tickets on the phone.", "You are {a}. Help callers to find films and book tickets."])
                  .format(a=rng.choice(AGENTS)))
    for name in names:
        body = interfaces.get(name, {}).get("args", {})
        parameters = [(key(a), True, "string", "", []) for a in body.get("all_of", [])]
        parameters += [(key(a), False, "string", "", []) for a in body.get("any_of", [])[:5]]
        sample.tool({"name": styled(name.split("_"), style), "description": "", "parameters": parameters})
    call, result, argument = None, None, None

    def flush():
        nonlocal call, result
        if call:
            sample.call(styled(call[0].split("_"), style), call[1])
        if result:
            sample.result(result[1])
        call = result = None

    for kind, value in parts:
        value = value.strip().strip('"')
        if kind == "PN":
            flush()
            call = (value, {})
        elif kind in ("PAN", "PRAN"):
            argument = key(value)
        elif kind == "PAV" and call:
            call[1][argument] = value
        elif kind == "PR":
            result = (value, {})
        elif kind == "PRAV" and result:
            result[1].setdefault(argument, []).append(value)
        elif kind == "U":
            flush()
            sample.user(heard(value))
        elif kind == "A":
            flush()
            sample.reply(value)
    return sample


def coffee(dialogue, rng: random.Random):
    sample, heard, style = Sample(), Transcriber(rng), rng.choice(["snake", "camel", "pascal"])
    shop = dialogue["vertical"]
    sample.system(rng.choice([f"You take orders for a {shop.lower()} shop.", f"{shop} orders on the phone. Be brief."]))
    calls = [a for u in dialogue["utterances"] for a in u["annotations"]]
    tools, pending = {}, None
    for note in calls:
        if note["name"] == "api_call":
            pending = note["value"]
        elif note["name"] == "request" and pending:
            try:
                tools.setdefault(pending, {}).update(json.loads(note["value"]))
            except ValueError:
                pass
    for name in sorted(tools):
        parameters = [(styled(pieces(k), "snake"), True, "string", "", []) for k in tools[name]]
        sample.tool({"name": styled(name.split("_"), style), "description": "", "parameters": parameters})
    for turn in dialogue["utterances"]:
        if turn["speaker"] == "user":
            sample.user(heard(turn["text"]))
        name = None
        for note in turn["annotations"]:
            try:
                if note["name"] == "api_call":
                    name = note["value"]
                elif note["name"] == "request" and name:
                    arguments = {styled(pieces(k), "snake"): v for k, v in json.loads(note["value"]).items()}
                    sample.call(styled(name.split("_"), style), arguments)
                elif note["name"] == "response" and len(note["value"]) < 500:
                    sample.result(json.loads(note["value"]))
            except (ValueError, AttributeError):
                return None
        if turn["speaker"] != "user":
            sample.reply(turn["text"])
    return sample


def load_coffee(folder):
    for path in sorted(glob.glob(f"{folder}/data/*.json")):
        yield from json.load(open(path))
