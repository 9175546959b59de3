"""Chat, a tool's call and JSON from a Hearsay server with the official OpenAI client.

    pip install openai
    hearsay serve                       # in another terminal
    python openai_chat.py
"""

import argparse
import json

from openai import BadRequestError, OpenAI

CITIES = ["Oslo", "Rome", "San Jose"]
# Lists and bounds keep a small model to what can be true.
BOOKING = {
    "type": "object",
    "properties": {
        "city": {"type": "string", "enum": CITIES, "description": "City to look in"},
        "guests": {"type": "integer", "minimum": 1, "maximum": 20, "description": "Number of guests"},
    },
    "required": ["city", "guests"],
    "additionalProperties": False,
}
FIND_TABLE = {"name": "find_table", "description": "Find a table in a restaurant", "parameters": BOOKING}


def check_booking(text: str) -> dict:
    booking = json.loads(text)
    assert set(booking) == {"city", "guests"}, booking
    assert booking["city"] in CITIES and 1 <= booking["guests"] <= 20, booking
    return booking


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default="http://127.0.0.1:8080", help="the server")
    parser.add_argument("--key", default="none", help="the key, if the server asks for one")
    args = parser.parse_args()
    client = OpenAI(base_url=f"{args.url}/v1", api_key=args.key)
    create = client.chat.completions.create

    models = [model.id for model in client.models.list()]
    assert "hearsay" in models, models
    print("models ", models)

    role = {"role": "system", "content": "You are Sara, the phone agent of a booking service. Be brief."}
    messages = [role, {"role": "user", "content": "Hi, I would like to eat out tonight."}]
    words, usage = "", None
    options = {"include_usage": True}
    for chunk in create(model="hearsay", messages=messages, max_tokens=40, stream=True, stream_options=options):
        words += "".join(choice.delta.content or "" for choice in chunk.choices)
        usage = chunk.usage or usage
    assert words.strip() and usage and usage.completion_tokens > 0, (words, usage)
    print("stream ", words, f"({usage.prompt_tokens} tokens read, {usage.completion_tokens} written)")

    messages += [
        {"role": "assistant", "content": words},
        {"role": "user", "content": "A table in San Jose for four people, please."},
    ]
    tools = [{"type": "function", "function": FIND_TABLE}]
    choice = create(model="hearsay", messages=messages, tools=tools, tool_choice="required").choices[0]
    assert choice.finish_reason == "tool_calls" and choice.message.tool_calls, choice
    call = choice.message.tool_calls[0]
    assert call.function.name == "find_table", call
    print("call   ", call.function.name, check_booking(call.function.arguments))

    result = {"place": "Harbour Inn", "time": "19:30"}
    messages += [choice.message, {"role": "tool", "tool_call_id": call.id, "content": json.dumps(result)}]
    choice = create(model="hearsay", messages=messages, tools=tools, tool_choice="none", max_tokens=40).choices[0]
    assert choice.message.content and not choice.message.tool_calls, choice
    print("answer ", choice.message.content)

    schema = {"type": "json_schema", "json_schema": {"name": "booking", "strict": True, "schema": BOOKING}}
    question = [role, {"role": "user", "content": "A table in Oslo for two."}]
    choice = create(model="hearsay", messages=question, response_format=schema).choices[0]
    assert choice.finish_reason == "stop", choice
    print("JSON   ", check_booking(choice.message.content))

    try:
        schema["json_schema"]["schema"] = {"not": {"type": "string"}}
        create(model="hearsay", messages=question, response_format=schema)
        raise AssertionError("a schema that cannot be enforced was taken")
    except BadRequestError as error:
        print("refused", error.body["message"])


if __name__ == "__main__":
    main()
