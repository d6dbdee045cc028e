"""Say something to a character and print the reply as it is spoken.

python examples/2_talk.py --target 127.0.0.1:50051 "Good evening!"
"""

import argparse
import asyncio
import sys

from bridge.client import BridgeClient, Done, Sentence, Token
from bridge.errors import BridgeError

PERSONA = "You are Mira, a friendly innkeeper. You answer in one or two short sentences."


async def talk(target: str, said: str) -> Done:
    async with BridgeClient(target) as bridge, bridge.dialogue() as dialogue:
        await bridge.until_ready("dialogue")  # a server serves before its models are loaded
        turn = dialogue.say("innkeeper", said, persona=PERSONA)  # the persona goes with the first words only
        async for event in turn:
            match event:
                case Token():  # the next characters
                    print(event.text, end="", flush=True)
                case Sentence():  # a whole sentence, for subtitles or a voice
                    pass
                case Done():
                    print()
        return await turn.reply()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--target", default="127.0.0.1:50051", help="address of a running server")
    parser.add_argument("said", nargs="?", default="Good evening! Have you a room for me?", help="the player's words")
    arguments = parser.parse_args()
    try:
        done = asyncio.run(talk(arguments.target, arguments.said))
    except (BridgeError, TimeoutError) as error:
        sys.exit(f"2_talk: {error}")
    if done.failure is not None:  # refused, as while too many others talk: no exception, but a part of a game's day
        sys.exit(f"2_talk: {done.failure.message}")
    print(f"({done.reply_tokens} tokens, the first of them after {done.first_token * 1e3:.0f} ms)")


if __name__ == "__main__":
    main()
