import { expect } from "@playwright/test";
import { test } from "../maison/essai.js";
import { decrire, entrerComme, CAFE } from "../maison/gestes.js";
import { PREUVES } from "../maison/preuves.js";
import { tournee } from "../maison/tournee.js";
const NEUVES = ["html-valide","champs","legendes","noms-visibles","listes","etiquettes-accolees","etiquettes-visibles","listes-de-choix","fond-et-texte"];
const ROLES: Array<[string, RegExp | undefined, string[]]> = [
  ["sans compte", undefined, ["/", "/recherche?q=commerce", "/communes?q=Cirey", "/communes/54129"]],
  ["maire", /Maire de Cirey/, ["/compte", "/projets"]],
  ["charge", /Chargé·e territorial·e/, ["/tableau"]],
  ["direction", /Direction/, ["/pilotage"]],
  ["agent", /Agent qui gère le site/, ["/reglages"]],
];
const vues = new Set<string>();
test.describe.configure({ mode: "default" });
for (const [nom, role, d] of ROLES) test(`tmp ${nom}`, async ({ arrive }) => {
  test.setTimeout(600_000);
  const v = await arrive(); if (role) await entrerComme(v, role);
  const r = nom === "sans compte" || nom === "maire" ? await decrire(v, CAFE) : "";
  const griefs: string[] = [];
  for await (const { route, reponse } of tournee(v, vues, [...d, ...(r ? ["/resultat","/suite","/precisions","/accompagnement","/note",""].map(f=>`/projets/${r}${f}`) : [])])) {
    vues.add(route);
    for (const n of NEUVES) for (const g of (await PREUVES[n]!(v.page, reponse)).slice(0, 4)) griefs.push(`${route} · ${n} · ${g}`);
  }
  console.log(griefs.join("\n"));
  expect(griefs).toEqual([]);
});
