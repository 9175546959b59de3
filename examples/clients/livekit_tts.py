"""Speech from a Hearsay server with LiveKit's plugin for Smallest AI, as an agent would use it.

    pip install livekit-plugins-smallestai
    hearsay serve                       # in another terminal
    python livekit_tts.py
"""

import argparse
import asyncio

import aiohttp
from livekit.agents.types import USERDATA_TIMED_TRANSCRIPT
from livekit.plugins import smallestai


async def speak(args: argparse.Namespace) -> None:
    async with aiohttp.ClientSession() as session:
        tts = smallestai.TTS(
            api_key=args.key,
            voice_id=args.voice,
            sample_rate=24000,
            word_timestamps=True,
            use_continuations=not args.flush,
            base_url=f"{args.url}/waves/v1",
            ws_url=args.url.replace("http", "ws", 1) + "/waves/v1/tts/live",
            http_session=session,
        )
        whole = await tts.synthesize(args.text).collect()
        print(f"http    {whole.duration:.2f} s at {whole.sample_rate} Hz")
        for _ in range(2):
            stream = tts.stream()
            for word in args.text.split():
                stream.push_text(word + " ")
            stream.end_input()
            seconds, words = 0.0, []
            async for event in stream:
                seconds += event.frame.duration
                for word in event.frame.userdata.get(USERDATA_TIMED_TRANSCRIPT, []):
                    words.append((str(word), word.start_time))
            await stream.aclose()
            print(f"socket  {seconds:.2f} s", words)
        await tts.aclose()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8080", help="the server")
    parser.add_argument("--key", default="none", help="the key, if the server asks for one")
    parser.add_argument("--voice", required=True, help="one of the server's voices")
    parser.add_argument("--flush", action="store_true", help="the older protocol, without contexts")
    parser.add_argument("--text", default="Thank you for calling. Your new card is on its way.")
    asyncio.run(speak(parser.parse_args()))


if __name__ == "__main__":
    main()
