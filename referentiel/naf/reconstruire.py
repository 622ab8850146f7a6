#!/usr/bin/env python3
"""Rebuilds divisions.tsv from the file of Insee that the package pynsee carries.

Usage: python3 reconstruire.py [dossier-de-travail]   (needs pip, nothing else)
"""
import csv
import io
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ICI = Path(__file__).resolve().parent
PYPI = "pynsee==0.3.0"


def main() -> None:
    dossier = Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp())
    roue = dossier / "pynsee-0.3.0-py3-none-any.whl"
    if not roue.exists():
        subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", PYPI], cwd=dossier, check=True)
    with zipfile.ZipFile(roue) as archive:
        naf = zipfile.ZipFile(io.BytesIO(archive.read("pynsee/metadata/data/naf.zip")))
        texte = naf.read("naf2008/int_courts_naf_rev_2.csv").decode("windows-1252")
    divisions = [
        (ligne[1].strip(), ligne[2].strip().replace("'", "’"))
        for ligne in csv.reader(io.StringIO(texte), delimiter=";")
        if len(ligne) > 2 and re.fullmatch(r"\d\d", ligne[1].strip())
    ]
    assert len(divisions) == 88, len(divisions)
    lignes = "".join(f"{code}\t{libelle}\n" for code, libelle in sorted(divisions))
    (ICI / "divisions.tsv").write_text(lignes, encoding="utf-8")


if __name__ == "__main__":
    main()
