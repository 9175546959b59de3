"""Speech from a Hearsay server with the official OpenAI client.

    pip install openai
    hearsay serve                       # in another terminal
    python openai_speech.py --out hello.wav
"""

import argparse
import base64
import json
import time

from openai import BadRequestError, OpenAI


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8080", help="the server")
    parser.add_argument("--key", default="none", help="the key, if the server asks for one")
    parser.add_argument("--voice", default="alloy", help="one of OpenAI's voices, or one of the server's")
    parser.add_argument("--format", default="wav", choices=["mp3", "opus", "wav", "pcm"])
    parser.add_argument("--text", default="Thank you for calling. Your new card is on its way.")
    parser.add_argument("--out", default="hello.wav")
    args = parser.parse_args()
    client = OpenAI(base_url=f"{args.url}/v1", api_key=args.key)

    print("models ", [model.id for model in client.models.list()])

    started = time.monotonic()
    first = None
    size = 0
    asked = {"model": "tts-1", "voice": args.voice, "input": args.text}
    with client.audio.speech.with_streaming_response.create(**asked, response_format=args.format) as response:
        with open(args.out, "wb") as file:
            for chunk in response.iter_bytes():
                first = first or time.monotonic() - started
                size += file.write(chunk)
    print(f"bytes   {size} to {args.out}, the first after {first * 1000:.0f} ms")

    sound = b""
    events = client.audio.speech.with_streaming_response.create(
        **asked, response_format="pcm", stream_format="sse", instructions="Sound calm."
    )
    with events as response:
        for line in response.iter_lines():
            if line.startswith("data: "):
                event = json.loads(line[len("data: "):])
                if event["type"] == "speech.audio.delta":
                    sound += base64.b64decode(event["audio"])
    print(f"events  {len(sound) / 2 / 24000:.2f} s of sound")

    try:
        client.audio.speech.create(**asked, speed=3.0)
    except BadRequestError as error:
        print("refused", error.body)


if __name__ == "__main__":
    main()
