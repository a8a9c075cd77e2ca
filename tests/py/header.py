"""header.py FILE - the header of a stream and its checksum, no more."""
import sys

import msgpack

with open(sys.argv[1], "rb") as f:
    data = f.read()
u = msgpack.Unpacker(raw=False, max_buffer_size=len(data))
u.feed(data)
u.unpack()
u.unpack()
sys.stdout.buffer.write(data[:u.tell()])
