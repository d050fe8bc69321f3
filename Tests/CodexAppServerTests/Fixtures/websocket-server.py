"""A WebSocket server for tests, made of Python's websockets.

    websocket-server.py unix PATH | tcp [TOKEN]

Prints the port (0 for a Unix socket) when it listens. A message that is one of the commands below is carried out; every
other one is sent back, or, from 1 MB on, its digest is.
"""
import asyncio
import hashlib
import http
import sys

from websockets.asyncio.server import serve, unix_serve
from websockets.exceptions import ConnectionClosed

TOKEN = sys.argv[2] if sys.argv[1] == "tcp" and len(sys.argv) > 2 else None


def authorize(connection, request):
    given = request.headers.get("Authorization")
    if TOKEN is not None and given != f"Bearer {TOKEN}":
        return connection.respond(http.HTTPStatus.UNAUTHORIZED, "invalid bearer token")


def pieces(count, size):
    for _ in range(count):
        yield "ü" * (size // 2)


async def handle(connection):
    try:
        await carry_out_commands(connection)
    except ConnectionClosed:
        pass


async def carry_out_commands(connection):
    async for message in connection:
        command, *arguments = message.split(" ") if len(message) < 100 else [""]
        if command == "SEND":  # SEND bytes
            await connection.send("x" * int(arguments[0]))
        elif command == "FRAGMENTS":  # FRAGMENTS count bytes
            await connection.send(pieces(int(arguments[0]), int(arguments[1])))
        elif command == "PING":
            await (await connection.ping("round trip"))
            await connection.send("pong received")
        elif command == "SLEEP":  # SLEEP seconds, without reading
            await asyncio.sleep(float(arguments[0]))
        elif command == "CLOSE":  # CLOSE code reason
            await connection.close(int(arguments[0]), arguments[1])
        elif command == "ABORT":
            connection.transport.abort()
        elif len(message) >= 1_000_000:
            await connection.send(f"{len(message)} {hashlib.sha256(message.encode()).hexdigest()}")
        else:
            await connection.send(message)


async def main():
    options = dict(max_size=None, max_queue=4, process_request=authorize)
    if sys.argv[1] == "unix":
        server = await unix_serve(handle, sys.argv[2], **options)
        print(0, flush=True)
    else:
        server = await serve(handle, "127.0.0.1", 0, **options)
        print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
