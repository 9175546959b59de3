"""Speech from a Hearsay server with the official Smallest AI client, over HTTP, events and a WebSocket.

    pip install smallestai websocket-client
    hearsay serve                       # in another terminal
    python smallest_tts.py --out hello.wav
"""

import argparse
import base64
import json
import time

import httpx
from smallestai import SmallestAI
from smallestai.environment import SmallestAIEnvironment
from smallestai.waves import TTSConfig, WavesStreamingTTS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8080", help="the server")
    parser.add_argument("--key", default="none", help="the key, if the server asks for one")
    parser.add_argument("--voice", help="one of the server's voices; the first one if left out")
    parser.add_argument("--text", default="Thank you for calling. Your new card is on its way.")
    parser.add_argument("--out", default="hello.wav")
    args = parser.parse_args()
    sockets = args.url.replace("http", "ws", 1)
    here = SmallestAIEnvironment(atoms=args.url, waves=args.url, waves_ws=sockets, payment=args.url)
    client = SmallestAI(api_key=args.key, environment=here)

    voices = client.waves.get_voices("lightning-v3.1").voices
    print("voices ", [voice.voice_id for voice in voices])
    voice = args.voice or voices[0].voice_id

    with open(args.out, "wb") as file:
        asked = client.waves.synthesize_tts(text=args.text, voice_id=voice, output_format="wav", sample_rate=8000)
        size = sum(file.write(chunk) for chunk in asked)
    print(f"bytes   {size} to {args.out}")

    # The client's own reader of events takes none with an object in it, so they are read as lines.
    body = {"text": args.text, "voice_id": voice, "sample_rate": 8000}
    headers = {"Authorization": f"Bearer {args.key}"}
    sound = b""
    with httpx.stream("POST", f"{args.url}/waves/v1/tts/live", json=body, headers=headers) as events:
        for line in events.iter_lines():
            if line.startswith("data: "):
                sound += base64.b64decode(json.loads(line[len("data: "):]).get("audio", ""))
    print(f"events  {len(sound) / 2 / 8000:.2f} s of sound")

    dictionary = client.waves.create_pronunciation_dict(items=[{"word": "card", "pronunciation": "cart"}])
    print("words  ", [(item.word, item.pronunciation) for item in dictionary.items], dictionary.created_at)
    used = client.waves.synthesize_tts(text=args.text, voice_id=voice, pronunciation_dicts=[dictionary.id])
    print(f"with it {sum(len(chunk) for chunk in used)} bytes")
    print("removed", client.waves.delete_pronunciation_dict(id=dictionary.id).deleted)

    live = WavesStreamingTTS(TTSConfig(voice_id=voice, api_key=args.key, sample_rate=8000))
    live.ws_url = f"{sockets}/waves/v1/tts/live"
    started = time.monotonic()
    chunks = []
    for chunk in live.synthesize_streaming(word + " " for word in args.text.split()):
        chunks.append((time.monotonic() - started, chunk))
    seconds = sum(len(chunk) for _, chunk in chunks) / 2 / 8000
    print(f"socket  {seconds:.2f} s in {len(chunks)} chunks, the first after {chunks[0][0] * 1000:.0f} ms")


if __name__ == "__main__":
    main()
