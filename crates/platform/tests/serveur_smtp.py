"""A real SMTP server for the tests, on Debian's python3-aiosmtpd.

usage: serveur_smtp.py FOLDER   prints its port, writes each accepted message to FOLDER/NNNN.eml.
The local part of the recipient decides: `plus-tard` answers 451, `jamais` 550, `coupe-avant` closes the
connection instead of accepting, `coupe-apres` accepts, then closes before the answer leaves.
It ends when its standard input closes, so that no server outlives its test.
"""

import asyncio
import itertools
import pathlib
import sys

from aiosmtpd.smtp import SMTP

NUMERO = itertools.count()


class Boite:
    def __init__(self, dossier):
        self.dossier = dossier

    async def handle_RCPT(self, server, session, envelope, address, options):
        qui = address.split("@")[0]
        if qui == "plus-tard":
            return "451 revenez plus tard"
        if qui == "jamais":
            return "550 personne ici"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        qui = envelope.rcpt_tos[0].split("@")[0]
        if qui != "coupe-avant":
            nom = f"{next(NUMERO):04}"
            provisoire = self.dossier / f"{nom}.part"
            provisoire.write_bytes(envelope.content)
            provisoire.rename(self.dossier / f"{nom}.eml")
        if qui in ("coupe-avant", "coupe-apres"):
            server.transport.abort()
        return "250 accepte"


async def servir(dossier):
    boucle = asyncio.get_running_loop()
    serveur = await boucle.create_server(lambda: SMTP(Boite(dossier), hostname="essai.invalid"), "127.0.0.1", 0)
    print(serveur.sockets[0].getsockname()[1], flush=True)
    await boucle.run_in_executor(None, sys.stdin.read)
    serveur.close()


asyncio.run(servir(pathlib.Path(sys.argv[1])))
