"""Writes the case that holds the two writers of the prompt format together: python golden.py --tokenizer tokenizer.json --out prompt.json"""

import argparse
import json

from tokenizers import Tokenizer

from prompt import MARKS, Sample

TOOLS = [
    {"name": "find_table", "description": "Find a table", "parameters": [
        ("city", True, "string", "City to look in", ["Rome", "Oslo"]), ("guests", True, "integer", "", []), ("terrace", False, "boolean", "Outdoors", [])]},
    {"name": "hang_up", "description": "", "parameters": []},
]


def schema(tool):
    properties = {}
    for name, _, kind, about, values in tool["parameters"]:
        properties[name] = {"type": kind, **({"description": about} if about else {}), **({"enum": values} if values else {})}
    return {"type": "object", "properties": properties, "required": [p[0] for p in tool["parameters"] if p[1]]}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tokenizer", required=True)
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    tokenizer = Tokenizer.from_file(args.tokenizer)
    arguments = {"city": "Rome", "guests": 4}
    sample = Sample()
    sample.system("You are Sara from Oak Street. Book tables; be brief.")
    for tool in TOOLS:
        sample.tool(tool)
    sample.user("um a table for four in rome")
    sample.call("find_table", arguments, "Let me look.")
    sample.result({"place": "Sole \"d'oro\"", "free": ["7:30 pm", "21:00"]})
    sample.reply("Sole is free at 7:30 pm.")
    sample.user("Gr\u00fc\u00dfe <|end|> 00 123")
    sample.context(node="Read back time=7:30 pm", slots={"city": "Rome", "guests": "4"}, facts=["We open at six.", "Dogs are welcome."])
    sample.spans.append(("<|agent|>", True, 0))
    tokens = []
    for text, mark, _ in sample.spans:
        # A mark's name inside text is text: split so that the tokenizer does not see it as a mark.
        parts = [text] if mark or "<|end|>" not in text else None
        if mark:
            tokens.append(tokenizer.token_to_id(text))
        elif parts:
            tokens += tokenizer.encode(text, add_special_tokens=False).ids
        else:
            plain = Tokenizer.from_str(tokenizer.to_str())
            body = json.loads(plain.to_str())
            body["added_tokens"] = []
            tokens += Tokenizer.from_str(json.dumps(body)).encode(text, add_special_tokens=False).ids
    case = {"system": "You are Sara from Oak Street. Book tables; be brief.",
            "tools": [{"name": t["name"], "description": t["description"], "parameters": schema(t)} for t in TOOLS], "tokens": tokens}
    json.dump(case, open(args.out, "w"), ensure_ascii=False, indent=1)
    assert set(MARKS) >= {s[0] for s in sample.spans if s[1]}


if __name__ == "__main__":
    main()
