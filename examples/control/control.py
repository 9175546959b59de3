"""Drives Hearsay's calls from Python: events in, actions out, over one WebSocket.

    HEARSAY_CONTROL_KEY=... python control.py ws://127.0.0.1:8080

Needs Python 3.9 and nothing else; `Control` can be copied as it is. With the `websockets` package
the class shrinks to `connect(url, additional_headers=...)`, `json.loads` and `json.dumps`.
"""

import base64
import json
import os
import socket
import ssl
import struct
import sys
from urllib.parse import urlsplit

MESSAGE_BYTES_MAX = 1 << 20


class Control:
    """A connection to `/v1/calls/control`."""

    def __init__(self, url, key):
        parts = urlsplit(url)
        secure = parts.scheme in ("wss", "https")
        port = parts.port or (443 if secure else 80)
        self.socket = socket.create_connection((parts.hostname, port))
        if secure:
            context = ssl.create_default_context()
            self.socket = context.wrap_socket(self.socket, server_hostname=parts.hostname)
        nonce = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            (
                f"GET /v1/calls/control HTTP/1.1\r\nHost: {parts.netloc}\r\n"
                f"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                f"Sec-WebSocket-Key: {nonce}\r\nAuthorization: Bearer {key}\r\n\r\n"
            ).encode()
        )
        self.stream = self.socket.makefile("rb")
        status = self.stream.readline().decode().strip()
        while self.stream.readline().strip():
            pass
        if " 101 " not in f"{status} ":
            raise ConnectionError(f"the server answered: {status}")

    def send(self, action, call_id, **fields):
        """Asks for something: say, intent, fill, transfer, hang_up."""
        self._frame(0x1, json.dumps({"action": action, "call_id": call_id, **fields}).encode())

    def __iter__(self):
        """The events, as dictionaries, until the server closes."""
        while True:
            head = self.stream.read(2)
            if len(head) < 2:
                return
            kind, length = head[0] & 0x0F, head[1] & 0x7F
            if length == 126:
                (length,) = struct.unpack("!H", self.stream.read(2))
            elif length == 127:
                (length,) = struct.unpack("!Q", self.stream.read(8))
            if length > MESSAGE_BYTES_MAX:
                raise ConnectionError(f"a message of {length} bytes is too long")
            body = self.stream.read(length)
            if kind == 0x1:
                yield json.loads(body)
            elif kind == 0x9:
                self._frame(0xA, body)
            elif kind == 0x8:
                return

    def _frame(self, kind, body):
        """Clients mask what they send (RFC 6455, section 5.3)."""
        mask = os.urandom(4)
        if len(body) < 126:
            head = struct.pack("!BB", 0x80 | kind, 0x80 | len(body))
        elif len(body) < 1 << 16:
            head = struct.pack("!BBH", 0x80 | kind, 0x80 | 126, len(body))
        else:
            head = struct.pack("!BBQ", 0x80 | kind, 0x80 | 127, len(body))
        masked = bytes(byte ^ mask[i % 4] for i, byte in enumerate(body))
        self.socket.sendall(head + mask + masked)


ANSWERS = {
    "exhibition": "This month we show the drawings of Rosa Marin.",
    "cost": "A ticket costs twelve euros, and children pay nothing.",
    "open": "We open at ten every day but Monday.",
}


def decide(text):
    """What to do with a caller's words: the action and its fields."""
    words = text.lower()
    if "ticket" in words and "cost" not in words:
        return "intent", {"intent": "tickets"}
    if "person" in words:
        return "transfer", {"to": "+12025550120", "say": "One moment, please."}
    if "bye" in words or "thank" in words:
        return "hang_up", {"say": "Thank you for calling. Goodbye."}
    for word, answer in ANSWERS.items():
        if word in words:
            return "say", {"text": answer + " Anything else?"}
    return "say", {"text": "I do not know that. You can ask what we show, or what a ticket costs."}


def main():
    key = os.environ.get("HEARSAY_CONTROL_KEY")
    if len(sys.argv) != 2 or not key:
        sys.exit("usage: HEARSAY_CONTROL_KEY=... python control.py ws://127.0.0.1:8080")
    control = Control(sys.argv[1], key)
    for event in control:
        print(json.dumps(event), flush=True)
        if event["event"] == "answer_wanted":
            action, fields = decide(event["text"])
            if action == "say":
                fields["answers"] = event["answers"]
            control.send(action, event["call_id"], id=f"{action}-{event['answers']}", **fields)


if __name__ == "__main__":
    main()
