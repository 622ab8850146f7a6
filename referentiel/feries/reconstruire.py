#!/usr/bin/env python3
"""Rebuilds jours-feries.tsv from Etalab's package.

Usage: python3 reconstruire.py   (needs pip and venv, nothing else)
"""
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ICI = Path(__file__).resolve().parent
PYPI = "jours-feries-france==0.7.0"
ZONES = ["Métropole", "Alsace-Moselle", "Guadeloupe", "Martinique", "Guyane", "La Réunion", "Mayotte"]
ANNEES = "range(2020, 2041)"
LIRE = f"""
from jours_feries_france import JoursFeries
for zone in {ZONES!r}:
    for annee in {ANNEES}:
        for jour in sorted(set(JoursFeries.for_year(annee, zone=zone).values())):
            print(zone, jour, sep="\\t")
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as dossier:
        venv.create(dossier, with_pip=True)
        subprocess.run([f"{dossier}/bin/pip", "install", "-q", PYPI], check=True)
        lignes = subprocess.run([f"{dossier}/bin/python", "-c", LIRE], check=True, capture_output=True, text=True).stdout
    (ICI / "jours-feries.tsv").write_text("zone\tjour\n" + lignes, encoding="utf-8")
    print(f"{len(lignes.splitlines())} jours", file=sys.stderr)


if __name__ == "__main__":
    main()
