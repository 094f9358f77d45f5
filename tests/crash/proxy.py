# SPDX-License-Identifier: GPL-3.0-or-later
"""Between a program and PostgreSQL: it cuts connections at the worst moment, when COMMIT is under way."""
import os
import select
import socket
import threading

SENT, DONE = b'COMMIT\0', b'COMMIT\0'   # in what a client parses; in what the server says of it


class Proxy:
    """Listens on a socket in @folder for the server whose socket is @server. harm() says what becomes of a commit: None, 'before'
    (the server never gets it) or 'after' (it is done, and nobody is told)."""

    def __init__(self, server, folder, harm):
        self.server, self.harm = server, harm
        self.cut = {'before': 0, 'after': 0}
        self.path = os.path.join(folder, os.path.basename(server))
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        server = socket.socket(socket.AF_UNIX)
        with client, server:
            try:
                server.connect(self.server)
                self.pass_on(client, server)
            except OSError:
                pass

    def pass_on(self, client, server):
        fate = None
        while True:
            for ready in select.select([client, server], [], [])[0]:
                part = ready.recv(65536)
                if not part:
                    return
                if ready is client:
                    if SENT in part:
                        fate = self.harm()
                    if fate == 'before':
                        self.cut['before'] += 1
                        return
                    server.sendall(part)
                elif fate == 'after':
                    if DONE in part:
                        self.cut['after'] += 1
                        return
                else:
                    client.sendall(part)
