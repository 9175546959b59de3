"""Speech from a Hearsay server with Pipecat's service for Smallest AI, in a pipeline of one.

    pip install "pipecat-ai[smallest]"
    hearsay serve                       # in another terminal
    python pipecat_tts.py --voice VOICE
"""

import argparse
import asyncio

from loguru import logger
from pipecat.frames.frames import EndFrame, TTSAudioRawFrame, TTSSpeakFrame, TTSTextFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.task import PipelineParams, PipelineTask
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.services.smallest.tts import SmallestTTSService
from pipecat.workers.runner import WorkerRunner


class Counter(FrameProcessor):
    """Counts sound and keeps the words."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds = 0.0
        self.words: list[str] = []

    async def process_frame(self, frame, direction) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, TTSAudioRawFrame):
            self.seconds += len(frame.audio) / 2 / frame.sample_rate
        elif isinstance(frame, TTSTextFrame):
            self.words.append(frame.text)
        await self.push_frame(frame, direction)


async def speak(args: argparse.Namespace) -> None:
    service = SmallestTTSService(
        api_key=args.key,
        base_url=args.url.replace("http", "ws", 1),
        sample_rate=24000,
        settings=SmallestTTSService.Settings(voice=args.voice),
    )
    counter = Counter()
    task = PipelineTask(
        Pipeline([service, counter]), params=PipelineParams(audio_out_sample_rate=24000)
    )
    await task.queue_frames([TTSSpeakFrame(args.text), EndFrame()])
    runner = WorkerRunner()
    await runner.add_workers(task)
    await runner.run()
    print(f"pipeline {counter.seconds:.2f} s", counter.words)


def main() -> None:
    logger.remove()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8080", help="the server")
    parser.add_argument("--key", default="none", help="the key, if the server asks for one")
    parser.add_argument("--voice", required=True, help="one of the server's voices")
    parser.add_argument("--text", default="Thank you for calling. Your new card is on its way.")
    asyncio.run(speak(parser.parse_args()))


if __name__ == "__main__":
    main()
