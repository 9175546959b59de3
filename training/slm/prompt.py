"""The prompt format: what the model reads and writes, as spans of text with a learning weight.

The same format is written in Rust (`crates/language/src/prompt.rs`); `golden.py` holds the two together.

    <|system|>role and rules
    <|tool|>name: description
     parameter* (type): description [value, value]      one line each; * is required
    <|user|>caller's words
    <|node|>goal of the agent's step    <|slots|>name=value; name=value    <|facts|>passage, one a line
    <|agent|>spoken reply<|end|>
    <|agent|>spoken phrase, if any<|call|>{"name":"tool","arguments":{...}}<|end|><|result|>{...}
"""

import json

MARKS = ["<|pad|>", "<|end|>", "<|system|>", "<|tool|>", "<|user|>", "<|node|>", "<|slots|>", "<|facts|>",
         "<|agent|>", "<|call|>", "<|result|>", "<|text|>"]

# Learning weight of each kind of span, in tenths. The reply is what the model is for; the rest teaches it language.
WEIGHT = {"reply": 10, "call": 10, "user": 3, "system": 1, "tool": 0, "context": 1, "result": 0, "text": 5}


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class Sample:
    """A conversation as a list of (mark or text, weight)."""

    def __init__(self):
        self.spans = []

    def add(self, mark, text, kind):
        weight = WEIGHT[kind]
        # The mark itself is given, except that the model must end its own turn and choose to call.
        self.spans.append((mark, True, weight if mark in ("<|end|>", "<|call|>") else 0))
        if text:
            self.spans.append((text, False, weight))

    def system(self, text):
        self.add("<|system|>", text, "system")

    def tool(self, tool):
        self.add("<|tool|>", tool_text(tool), "tool")

    def user(self, text):
        self.add("<|user|>", text, "user")

    def context(self, node=None, slots=None, facts=None):
        if node:
            self.add("<|node|>", node, "context")
        if slots:
            self.add("<|slots|>", "; ".join(f"{k}={v}" for k, v in slots.items()), "context")
        if facts:
            self.add("<|facts|>", "\n".join(facts), "context")

    def reply(self, text):
        self.add("<|agent|>", text, "reply")
        self.add("<|end|>", "", "reply")

    def call(self, name, arguments, phrase="", learnt=True):
        """`learnt` is False where an argument was never said, so that the model does not learn to make values up."""
        self.add("<|agent|>", phrase, "reply")
        self.add("<|call|>", compact({"name": name, "arguments": arguments}), "call" if learnt else "result")
        self.add("<|end|>", "", "call")

    def result(self, value):
        self.add("<|result|>", compact(value), "result")

    def text(self, text):
        self.add("<|text|>", text, "text")


def tool_text(tool):
    """`tool`: name, description, parameters [(name, required, type, description, values)]."""
    lines = [f"{tool['name']}: {tool['description']}" if tool["description"] else tool["name"]]
    for name, required, kind, description, values in tool["parameters"]:
        line = f" {name}{'*' if required else ''}"
        if kind and kind != "string":
            line += f" ({kind})"
        if description:
            line += f": {description}"
        if values:
            line += f" [{', '.join(map(str, values))}]"
        lines.append(line)
    return "\n".join(lines)
