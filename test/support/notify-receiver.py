"""Receives the messages of sd_notify(3) on a Unix datagram socket, and prints each with the pid of its sender."""
import json, socket, struct, sys

path = sys.argv[1]
server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
server.bind("\0" + path[1:] if path.startswith("@") else path)
print("bound", flush=True)
while True:
    data, ancillary, _, _ = server.recvmsg(65536, socket.CMSG_SPACE(struct.calcsize("3i")))
    pid = struct.unpack("3i", ancillary[0][2])[0]
    fields = dict(line.split("=", 1) for line in data.decode().split("\n"))
    print(json.dumps({"pid": pid, "fields": fields}), flush=True)
