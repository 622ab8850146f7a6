// Weight budgets and contrasts of the palette, in each theme.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

const dist = (nom) => readFileSync(join(import.meta.dirname, "dist", nom));
const source = readFileSync(join(import.meta.dirname, "src/sass/_themes.scss"), "utf8");

for (const [nom, limite] of [["terreau.css", 20_000], ["terreau.js", 25_000]]) {
  test(`${nom} pèse moins de ${limite} octets une fois compressé`, () => {
    const poids = gzipSync(dist(nom)).length;
    console.log(`${nom} : ${poids} octets compressés`);
    assert.ok(poids <= limite, `${poids} octets`);
  });
}

test("les polices pèsent moins de 40 000 octets", () => {
  assert.ok(dist("atkinson.woff2").length <= 40_000);
});

function luminance(hex) {
  const plein = hex.length === 4 ? `#${[...hex.slice(1)].map((c) => c + c).join("")}` : hex;
  const [r, g, b] = [1, 3, 5].map((i) => {
    const c = parseInt(plein.slice(i, i + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contraste(a, b) {
  const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p);
  return (x + 0.05) / (y + 0.05);
}

const proprietes = (bloc) => Object.fromEntries([...bloc.matchAll(/--([a-z0-9-]+):\s*(#[0-9a-f]{3,6})/g)].map((m) => [m[1], m[2]]));
const bloc = (nom) => source.split(`@mixin ${nom} {`)[1].split("\n}")[0];
const base = { "govuk-text-colour": "#211e17", "govuk-secondary-text-colour": "#5c5546" };
const clair = { ...base, ...proprietes(bloc("clair")), "tr-lien": "#1f5c3a" };
const sombre = { ...clair, ...proprietes(bloc("sombre")) };
const themes = {
  clair,
  sombre,
  contraste: { ...clair, ...proprietes(bloc("contraste")) },
  "contraste-sombre": { ...sombre, ...proprietes(bloc("contraste-sombre")) },
};
// Words: 4.5 to one; 7 where the reader asked for contrast. Shapes of charts: 3 to one.
const paires = [
  ["govuk-text-colour", "tr-papier"],
  ["govuk-text-colour", "tr-sable"],
  ["govuk-text-colour", "tr-carte"],
  ["govuk-secondary-text-colour", "tr-papier"],
  ["govuk-secondary-text-colour", "tr-sable"],
  ["govuk-secondary-text-colour", "tr-carte"],
  ["tr-lien", "tr-papier"],
  ["tr-lien", "tr-carte"],
  ["tr-lien", "tr-sable"],
  ["tr-lien", "tr-d-ciel"],
  ["tr-terre", "tr-papier"],
  ["tr-attente", "tr-attente-fond"],
  ["tr-positif", "tr-positif-fond"],
  ["tr-negatif", "tr-negatif-fond"],
  ["tr-accent-texte", "tr-accent"],
  ["tr-humus-texte", "tr-humus"],
  ["govuk-text-colour", "tr-d-ciel"],
];
const formes = [1, 2, 3, 4, 5, 6].map((n) => [`tr-s${n}`, "tr-carte"]);
for (const [theme, couleurs] of Object.entries(themes)) {
  const mots = theme.startsWith("contraste") ? 7 : 4.5;
  for (const [texte, fond, seuil] of [...paires.map((p) => [...p, mots]), ...formes.map((p) => [...p, 3])]) {
    test(`${theme} : ${texte} se lit sur ${fond}`, () => {
      const rapport = contraste(couleurs[texte], couleurs[fond]);
      assert.ok(rapport >= seuil, `${rapport.toFixed(2)} : 1, il faut ${seuil}`);
    });
  }
}
