"""Measures a build of Terreau and prints the tables of docs/performance.md. Called by script/bench.

Usage: mesurer.py PROGRAMME DOSSIER sqlite|postgres...
"""

import gzip
import http.client
import json
import os
import pathlib
import platform
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import zipfile

ICI = pathlib.Path(__file__).parent
SECONDES = int(os.environ.get("BENCH_SECONDES", "6"))
VOLUME = os.environ.get("BENCH_VOLUME", "").split()
CONNEXIONS = 16
TIC = os.sysconf("SC_CLK_TCK")
CHARGE = "charge.lunevillois@exemple.invalid"
COORDINATION = "coordination@exemple.invalid"

# Title, list of addresses (a file that the generator wrote, or addresses), who is signed in, requests a second aimed at.
PAGES = [
    ("Accueil", ["/"], None, None),
    ("Annuaire filtré et trié", "annuaire", None, 2000),
    ("Recherche plein texte", "recherche", None, 2000),
    ("Annuaire sans filtre, avec tous les décomptes", ["/annuaire"], None, None),
    ("Annuaire à 20 km à la ronde", ["/annuaire?insee=54395&autour=20", "/annuaire?insee=54329&autour=20", "/annuaire?insee=54528&autour=20"], None, None),
    ("Annuaire en carte", ["/annuaire?vue=carte", "/annuaire?theme=reemploi&vue=carte"], None, None),
    ("Interface de lecture, 50 acteurs", ["/api/v1/acteurs", "/api/v1/acteurs?theme=reemploi", "/api/v1/acteurs?q=ressourcerie"], None, None),
    ("Portrait d’une commune", ["/annuaire/portrait/commune/54395", "/annuaire/portrait/commune/54129"], None, None),
    ("Portrait du département", ["/annuaire/portrait/departement/54"], None, None),
    ("Annuaire dans le cadre d’un autre site", ["/integrer/annuaire?insee=54395&autour=10"], None, None),
    ("Page de commune", "communes", None, 2000),
    ("Page d’acteur", "acteurs", None, None),
    ("Projet public", "projets-publics", None, None),
    ("Carte des projets", ["/carte"], None, None),
    ("Projet et sa chronologie", "projets-du-secteur", CHARGE, 1000),
    ("Tableau de la chargée", ["/tableau"], CHARGE, 1000),
    ("Liste de la chargée", ["/tableau/liste"], CHARGE, None),
    ("Tableau de la coordination", ["/tableau"], COORDINATION, None),
    ("Pilotage", ["/pilotage"], COORDINATION, None),
]


# Other directories: what, CPU milliseconds, raw kilobytes, and the page of ours that does the same. Figures of issue 6, measured by
# whoever wrote it on another machine with other data: an order of magnitude.
PAIRS = [
    ("Le Marché de l’inclusion, page d’annuaire", 77, 198, "Annuaire sans filtre, avec tous les décomptes"),
    ("OpenFairDB, JSON seul", 1.5, None, "Interface de lecture, 50 acteurs"),
]


def dire(texte):
    print(texte, file=sys.stderr, flush=True)


def fr(nombre, chiffres=0):
    texte = f"{nombre:,.{chiffres}f}"
    return texte.replace(",", "\u202f").replace(".", ",")


def lancer(commande):
    """Runs to the end: wall seconds, CPU seconds, standard output."""
    debut = time.monotonic()
    processus = subprocess.Popen(commande, stdout=subprocess.PIPE, text=True)
    sortie = processus.stdout.read()
    _, etat, usage = os.wait4(processus.pid, 0)
    processus.returncode = os.waitstatus_to_exitcode(etat)
    if processus.returncode != 0:
        sys.exit(f"échec ({processus.returncode}) : {' '.join(map(str, commande))}\n{sortie}")
    return time.monotonic() - debut, usage.ru_utime + usage.ru_stime, sortie


def tics(pid):
    """CPU seconds of a process so far, all its threads."""
    champs = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(champs[11]) + int(champs[12])) / TIC


def enfants(pid):
    for dossier in pathlib.Path("/proc").iterdir():
        if dossier.name.isdigit():
            try:
                champs = (dossier / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if int(champs[1]) == pid:
                yield int(dossier.name)


class Base:
    """One database, filled once, served while it is measured."""

    def __init__(self, programme, dossier, nom):
        self.nom, self.programme, self.mesures = nom, programme, {}
        self.dossier = dossier / nom
        with socket.socket() as prise:
            prise.bind(("127.0.0.1", 0))
            self.port = prise.getsockname()[1]
        self.reglages = {
            "donnees": self.dossier,
            "adresse": f"127.0.0.1:{self.port}",
            "demo": "true",
            "instance.departement": "54",
            "limites.requetes-par-minute": 0,
            "journal": "error",
        }
        self.postgres = None
        if nom == "postgres":
            url = os.environ["TERREAU_TEST_POSTGRES"]
            self.reglages |= {"base.url": url, "base.schema": "bench"}
            self.postgres = self.pid_de_postgres(url)

    @staticmethod
    def pid_de_postgres(url):
        port = urllib.parse.urlsplit(url).port
        for dossier in pathlib.Path("/proc").iterdir():
            if dossier.name.isdigit():
                try:
                    mots = (dossier / "cmdline").read_bytes().split(b"\0")
                except OSError:
                    continue
                if mots and mots[0].endswith(b"/postgres") and str(port).encode() in mots:
                    return int(dossier.name)
        return None

    def commande(self, *mots):
        reglages = [f"--regler={cle}={valeur}" for cle, valeur in self.reglages.items()]
        return [self.programme, *map(str, mots), *reglages]

    def oublier(self):
        if self.nom == "postgres":
            psql = ["psql", "-qX", self.reglages["base.url"], "-c", "DROP SCHEMA IF EXISTS bench CASCADE"]
            subprocess.run(psql, check=True, stderr=subprocess.DEVNULL)
        shutil.rmtree(self.dossier, ignore_errors=True)

    def remplir(self):
        if (self.dossier / "adresses").exists():
            return None
        self.oublier()
        duree, _, sortie = lancer(self.commande("generer", "departement", *VOLUME))
        dire(sortie.strip())
        if self.nom == "postgres":
            # What autovacuum does within a minute or two.
            subprocess.run(["psql", "-qX", self.reglages["base.url"], "-c", "ANALYZE"], check=True)
        return duree

    def demarrer(self):
        """Seconds until a page that reads the database answers."""
        debut = time.monotonic()
        self.service = subprocess.Popen(self.commande("serve"), stdout=subprocess.DEVNULL)
        while True:
            try:
                if self.lire("/")[0] == 200:
                    return time.monotonic() - debut
            except OSError:
                if self.service.poll() is not None:
                    sys.exit("le service s’est arrêté")
            time.sleep(0.002)

    def arreter(self):
        self.service.send_signal(signal.SIGTERM)
        self.service.wait()

    def memoire(self):
        texte = pathlib.Path(f"/proc/{self.service.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+)", texte)[1]) / 1024

    def lire(self, chemin, cookie="", corps=None):
        connexion = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        entetes = {"Accept-Encoding": "gzip"}
        if cookie:
            entetes["Cookie"] = cookie
        if corps is not None:
            entetes |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://127.0.0.1:{self.port}"}
        connexion.request("GET" if corps is None else "POST", chemin, body=corps, headers=entetes)
        reponse = connexion.getresponse()
        octets = reponse.read()
        return reponse.status, reponse.headers, octets

    def entrer(self, role):
        """Signs in as one of the invented people: the cookies of a browser."""
        _, entetes, octets = self.lire("/demo")
        page = gzip.decompress(octets).decode()
        caches = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
        cookies = [cookie.split(";")[0] for cookie in entetes.get_all("Set-Cookie", [])]
        corps = urllib.parse.urlencode(caches | {"role": role})
        etat, entetes, _ = self.lire("/demo", "; ".join(cookies), corps)
        if etat != 303:
            sys.exit(f"on n’entre pas comme {role} : {etat}")
        return "; ".join(cookies + [cookie.split(";")[0] for cookie in entetes.get_all("Set-Cookie", [])])

    def adresses(self, liste):
        if isinstance(liste, str):
            return self.dossier / "adresses" / f"{liste}.txt"
        fichier = self.dossier / "une.txt"
        fichier.write_text("\n".join(liste) + "\n")
        return fichier

    def cout(self, liste, cookie):
        """Statements of a page (the least of several: the worker asks too), mean bytes raw and compressed."""
        adresses = self.adresses(liste).read_text().split()
        choisies = adresses[:: max(1, len(adresses) // 12)][:12]
        requetes, bruts, comprimes = [], [], []
        for adresse in choisies:
            nombres = []
            for _ in range(3):
                etat, entetes, octets = self.lire(adresse, cookie)
                if etat != 200:
                    sys.exit(f"{adresse} répond {etat}")
                nombres.append(int(entetes["x-requetes-sql"]))
            requetes.append(min(apres - avant for avant, apres in zip(nombres, nombres[1:])))
            comprimes.append(len(octets))
            bruts.append(len(gzip.decompress(octets)))
        moyenne = lambda nombres: sum(nombres) / len(nombres) / 1000
        return max(requetes), moyenne(bruts), moyenne(comprimes)

    def marteler(self, liste, cookie, secondes):
        commande = ["wrk", "-t1", f"-c{CONNEXIONS}", f"-d{secondes}s", "-s", ICI / "pages.lua",
                    f"http://127.0.0.1:{self.port}/", "--", self.adresses(liste), cookie]
        sortie = subprocess.run(commande, check=True, capture_output=True, text=True).stdout
        return json.loads(re.search(r"BILAN (.*)", sortie)[1])

    def page(self, titre, liste, cookie, vise):
        requetes, brut, comprime = self.cout(liste, cookie)
        self.marteler(liste, cookie, 2)
        serveur, base = tics(self.service.pid), self.cpu_de_postgres()
        bilan = self.marteler(liste, cookie, SECONDES)
        nombre = bilan["requetes"]
        cpu = 1000 * (tics(self.service.pid) - serveur) / nombre
        # A connection that closes meanwhile takes its time away with it: what is left says nothing.
        cpu_base = 1000 * (self.cpu_de_postgres() - base) / nombre
        de_la_base = fr(cpu_base, 2) if cpu_base >= 0 else "non mesuré"
        self.mesures[titre] = (cpu, brut)
        debit = nombre / (bilan["duree_us"] / 1e6)
        dire(f"  {titre} : {debit:.0f}/s, p99 {bilan['p99_us'] / 1000:.1f} ms, {cpu:.2f} ms")
        titre += f" ({bilan['echecs']} sans réponse)" if bilan["echecs"] else ""
        cellules = [
            titre, fr(debit) + (f" (visé {fr(vise)})" if vise else ""), fr(bilan["p50_us"] / 1000, 1),
            fr(bilan["p99_us"] / 1000, 1), fr(cpu, 2) + (f" + {de_la_base}" if self.postgres else ""),
            fr(brut, 1), fr(comprime, 1), str(requetes),
        ]
        return "| " + " | ".join(cellules) + " |"

    def cpu_de_postgres(self):
        return sum(tics(pid) for pid in enfants(self.postgres)) if self.postgres else 0


def importer(programme, dossier):
    """A file shaped like the national one: nearly all of it is elsewhere. One département keeps two thousand actors."""
    source = dossier / "sirene"
    reglages = [f"--regler=donnees={dossier / 'import'}", "--regler=demo=true", "--regler=instance.departement=54"]
    shutil.rmtree(dossier / "import", ignore_errors=True)
    lancer([programme, "generer", "departement", "--projets=1", "--acteurs=1", "--demandes=0", "--journal=0",
            "--comptes=3", *reglages])
    lancer([programme, "generer", "sirene", "--acteurs=2000", "--autour=400", f"--dossier={source}"])
    fichiers = sorted(source.glob("*.csv"))
    taille = sum(fichier.stat().st_size for fichier in fichiers) / 1e6
    lignes = []
    zips = []
    for fichier in fichiers:
        zips.append(fichier.with_suffix(".zip"))
        with zipfile.ZipFile(zips[-1], "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            archive.write(fichier, fichier.name)
    for nom, ceux in (("CSV", fichiers), ("CSV dans un zip", zips)):
        duree, cpu, _ = lancer([programme, "import", "annuaire", "--essai", *ceux, *reglages])
        lignes.append(f"| {nom} | {fr(taille)} Mo | {fr(duree, 1)} s | {fr(taille / duree)} Mo/s | {fr(taille / cpu)} Mo/s |")
    shutil.rmtree(source)
    shutil.rmtree(dossier / "import")
    return lignes


def a_cote(mesures):
    """Ours beside others, with how many times less or more."""
    def fois(autre, ici):
        return f"{fr(autre / ici, 1)} fois moins" if ici <= autre else f"{fr(ici / autre, 1)} fois plus"
    yield "| qui | processeur, ms | brut, ko | Terreau, la même chose | processeur, ms | brut, ko | à côté |"
    yield "| --- | --: | --: | --- | --: | --: | --- |"
    for qui, cpu, ko, page in PAIRS:
        if page not in mesures:
            continue
        ici_cpu, ici_ko = mesures[page]
        rapport = f"{fois(cpu, ici_cpu)} de processeur" + (f", {fois(ko, ici_ko)} d’octets" if ko else "")
        yield (f"| {qui} | {fr(cpu, 1 if cpu < 10 else 0)} | {fr(ko) if ko else '–'} | {page} | {fr(ici_cpu, 2)} |"
               f" {fr(ici_ko, 1)} | {rapport} |")


def machine():
    modele = re.search(r"model name\s*:\s*(.*)", pathlib.Path("/proc/cpuinfo").read_text())
    memoire = int(re.search(r"MemTotal:\s+(\d+)", pathlib.Path("/proc/meminfo").read_text())[1]) / 1024 / 1024
    version = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    return (f"{time.strftime('%d/%m/%Y')}, version {version}, {os.cpu_count()} cœurs partagés avec wrk"
            f" ({modele[1] if modele else platform.machine()}), {memoire:.0f} Go, charge du moment {os.getloadavg()[0]:.1f}")


def main():
    programme, dossier, *noms = sys.argv[1:]
    programme, dossier = os.path.abspath(programme), pathlib.Path(dossier)
    print(f"`script/bench`, {machine()}. {CONNEXIONS} connexions, {SECONDES} s par page.")
    reste, mesures = [], {}
    for nom in noms:
        base = Base(programme, dossier, nom)
        titre = {"sqlite": "SQLite", "postgres": "PostgreSQL"}[nom]
        dire(f"== {titre} : données inventées")
        duree = base.remplir()
        if duree:
            reste.append(f"| {titre} : générer et indexer | {fr(duree, 1)} s | |")
        departs = []
        for _ in range(3):
            departs.append(base.demarrer())
            base.arreter()
        base.demarrer()
        cookies = {role: base.entrer(role) for role in (CHARGE, COORDINATION)} | {None: ""}
        cpu = "processeur, ms" if nom == "sqlite" else "processeur, ms (Terreau + base)"
        print(f"\n### {titre}\n\n| page | pages/s | p50, ms | p99, ms | {cpu} | brut, ko | gzip, ko | requêtes SQL |")
        print("| --- | --: | --: | --: | --: | --: | --: | --: |", flush=True)
        for page, liste, role, vise in PAGES:
            print(base.page(page, liste, cookies[role], vise), flush=True)
        reste.append(f"| {titre} : prêt à répondre, base existante | {fr(sorted(departs)[1] * 1000)} ms | 1 000 ms |")
        reste.append(f"| {titre} : mémoire au plus haut, sous charge | {fr(base.memoire())} Mo | 250 Mo |")
        base.arreter()
        mesures = mesures or base.mesures
    print("\n### À côté d’autres annuaires\n")
    print("\n".join(a_cote(mesures)))
    print("\n### Le reste\n\n| quoi | mesuré | visé |\n| --- | --: | --: |")
    print("\n".join(reste))
    dire("== import d’un fichier Sirene")
    print("\n| import de l’annuaire (essai) | taille lue | durée | débit | débit par cœur (visé 100 Mo/s pour le CSV) |")
    print("| --- | --: | --: | --: | --: |")
    print("\n".join(importer(programme, dossier)))


main()
