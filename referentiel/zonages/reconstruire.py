#!/usr/bin/env python3
"""Rebuilds communes.tsv.gz from a folder that holds the lists named in README.md.

Usage: python3 reconstruire.py dossier
"""
import csv
import gzip
import sys
from pathlib import Path

ICI = Path(__file__).resolve().parent


def lignes(dossier: Path, nom: str):
    with open(dossier / nom, encoding="utf-8-sig", newline="") as fichier:
        return list(csv.DictReader(fichier))


def listes(dossier: Path):
    """id → (whole communes, communes in part)."""
    frr = lignes(dossier, "frr-2024-54.csv")
    yield "frr-2024", [l["code_insee"] for l in frr if l["frr_initial_2024"] == "1" and l["partiel"] == "0"], [
        l["code_insee"] for l in frr if l["frr_initial_2024"] == "1" and l["partiel"] == "1"]
    zrr = lignes(dossier, "zrr-cog2021.csv")
    yield "zrr-2021", [l["code_insee"] for l in zrr if l["statut"] == "C"], [l["code_insee"] for l in zrr if l["statut"] == "PC"]
    yield "acv", [l["insee_com"] for l in lignes(dossier, "action-coeur-de-ville.csv")], []
    paca = [(l["code_insee"], l["programmes"].split("|")) for l in lignes(dossier, "programmes-anct-paca.csv")]
    yield "pvd", [code for code, programmes in paca if "PVD" in programmes], []
    yield "va", [code for code, programmes in paca if "VA" in programmes], []


def main() -> None:
    with open(ICI / "communes.tsv.gz", "wb") as brut, gzip.GzipFile("", "wb", 9, brut, mtime=0) as sortie:
        for nom, entieres, partielles in listes(Path(sys.argv[1])):
            entieres, partielles = sorted(set(entieres)), sorted(set(partielles))
            assert entieres and all(len(code) == 5 for code in entieres + partielles), nom
            sortie.write(f"{nom}\t{'|'.join(entieres)}\t{'|'.join(partielles)}\n".encode())
            print(nom, len(entieres), len(partielles))


if __name__ == "__main__":
    main()
