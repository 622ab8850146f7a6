// What the agent of the site imports: the directory by upload, the aids of a partner.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "../maison/essai.js";
import { entrerComme } from "../maison/gestes.js";
import type { Visite } from "../maison/visite.js";

const LISTE = readFileSync(join(import.meta.dirname, "../../demonstration/54/siae-2020.csv"), "utf8");
/** The whole public list, where it is at hand. */
const VRAIE_LISTE = join(import.meta.dirname, "../../../shared/data/siae/siae-liste.csv");
const ANNUAIRE = "/reglages/imports/annuaire";
const AIDES = "/reglages/imports/aides";

async function lireEtComparer(agent: Visite, nom: string, contenu: Buffer | string): Promise<void> {
  await agent.aller(ANNUAIRE);
  await agent.joindre("Fichier", nom, contenu);
  await agent.envoyer("Lire et comparer");
}

/** The list with one name changed, a SIRET damaged by a spreadsheet, another that lost its zeros. */
function listeChangee(): string {
  const [entete = "", , seconde = "", ...suite] = LISTE.split(/\r?\n/);
  const [siret, genre, , ...reste] = seconde.split(",");
  const changee = [siret, genre, "NOM CHANGE POUR L ESSAI", ...reste].join(",");
  const abimees = ["2.43E+13", "123"].map((faux) => [faux, genre, "ABIMEE", ...reste].join(","));
  return [entete, changee, ...abimees, ...suite].join("\n");
}

test("compare, enregistre, retrouve au public, revient en arrière", async ({ arrive }) => {
  const agent = await arrive();
  await entrerComme(agent, /Agent qui gère le site/);
  await lireEtComparer(agent, "siae-2020.csv", LISTE);
  await agent.lit("Tout est déjà à jour");
  await agent.envoyer("Abandonner");

  await lireEtComparer(agent, "siae-2020.csv", `\uFEFF${listeChangee()}`);
  await agent.lit("Enregistrer ces changements ?");
  await agent.lit("Lignes refusées : 2");
  await agent.lit("ligne 3");
  await agent.capturer("import-annuaire");
  await agent.envoyer("Enregistrer dans l’annuaire");
  const passant = await arrive();
  await passant.aller("/annuaire?q=nom+change+pour+l+essai");
  await passant.lit(/nom change pour l essai/i);

  await lireEtComparer(agent, "siae-2020.csv", LISTE);
  await agent.envoyer("Enregistrer dans l’annuaire");
});

test("lit la vraie liste des structures d’insertion", async ({ arrive }) => {
  test.skip(!existsSync(VRAIE_LISTE), "la liste publique n’est pas sur cette machine");
  const agent = await arrive();
  await entrerComme(agent, /Agent qui gère le site/);
  // The demonstration takes small files: the lines of the département are enough.
  const [entete = "", ...lignes] = readFileSync(VRAIE_LISTE, "utf8").split("\n");
  const locales = lignes.filter((ligne) => /,54\d{3},/.test(ligne));
  expect(locales.length).toBeGreaterThan(30);
  await lireEtComparer(agent, "siae-liste.csv", [entete, ...locales].join("\n"));
  await expect(agent.page.getByRole("heading", { level: 1 })).toContainText("Import du");
  await agent.envoyer("Abandonner");
});

const ABIMES: Array<[string, Buffer | string]> = [
  ["vide.csv", ""],
  ["photo.csv", Buffer.from("89504e470d0a1a0a30303030", "hex")],
  ["inconnu.csv", "a;b\n1;2\n"],
  ["coupe.zip", Buffer.from("504b030414000000", "hex")],
];

for (const [page, champ, bouton] of [
  [ANNUAIRE, "Fichier", "Lire et comparer"],
  [AIDES, "Fichier du partenaire", "Lire le fichier"],
] as const) {
  test(`refuse des fichiers abîmés : ${page}`, async ({ arrive }) => {
    const agent = await arrive();
    await entrerComme(agent, /Agent qui gère le site/);
    await agent.aller(page);
    await agent.envoyer(bouton);
    await expect(agent.page.getByRole("alert")).toBeVisible();
    for (const [nom, contenu] of ABIMES) {
      await agent.aller(page);
      await agent.joindre(champ, nom, contenu);
      await agent.envoyer(bouton);
      await expect(agent.page.getByRole("alert"), nom).toBeVisible();
    }
  });
}

/** The national schema, Windows-1252, semicolons. */
const AIDES_CSV = Buffer.from(
  "id;titre;promesse;description;types_aides;porteurs;cibles;eligibilite_geographique;url_source\r\n" +
    "essai-1;Aide d'essai à la réparation;Un atelier équipé;Achat d'outils;financement;Partenaire d'exemple;associations;54;https://exemple.invalid/aide\r\n",
  "latin1",
);

test("essaie puis importe les aides d’un partenaire, une seule fois", async ({ arrive }) => {
  const agent = await arrive();
  await entrerComme(agent, /Agent qui gère le site/);
  for (const [mode, phrase] of [
    ["Essayer", "Essai : rien n’est enregistré"],
    ["Importer", "C’est importé"],
    ["Importer", "C’est importé"],
  ] as const) {
    await agent.aller(AIDES);
    await agent.joindre("Fichier du partenaire", "aides.csv", AIDES_CSV);
    await agent.cocher(mode);
    await agent.envoyer("Lire le fichier");
    await agent.lit(phrase);
  }
  await agent.aller("/reglages/leviers");
  await agent.lit("Aide d'essai à la réparation");
  const passant = await arrive();
  await passant.aller("/leviers");
  await passant.neLitPas("Aide d'essai à la réparation");
});
