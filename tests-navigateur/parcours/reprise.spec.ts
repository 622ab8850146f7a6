// The spreadsheet in use, taken over on screen: columns, dry run, report, undo; damaged files refused beside the field.
import { expect, test } from "../maison/essai.js";
import { entrerComme } from "../maison/gestes.js";
import type { Visite } from "../maison/visite.js";

/** Windows-1252, semicolons, mixed line ends, an amount as it is typed, lines that cannot be read. */
const SUIVI = Buffer.from(
  "N°;Intitulé;Commune;Thématique;Avancement;Coût;Date;Remarque\r\n" +
    "901;Halle de marché à couvrir;Cirey-sur-Vezouze;Commerce;Étude;45 000,50 €;12/03/2026;Vu en mars\r\n".replace("€", "\x80") +
    "902;Garage d’entraide;Nancy;Mobilité;presque fini;12 000;01/02/2026;\n".replace("’", "\x92") +
    "903;Sans commune;;Sport;;;;\r\n" +
    "904;Hors du territoire;Épinal;Sport;;;;\r\n" +
    "905;Montant douteux;Nancy;Sport;;12.345;;\r\n",
  "latin1",
);

async function envoyer(coordination: Visite, nom: string, contenu: Buffer | string): Promise<void> {
  await coordination.aller("/tableau/import");
  await coordination.joindre("Votre tableau de suivi", nom, contenu);
  await coordination.envoyer("Continuer");
}

test("reprend un tableau, le retrouve, annule", async ({ arrive }) => {
  const coordination = await arrive();
  await entrerComme(coordination, /Coordination/);
  await coordination.suivre("Reprendre un tableau de suivi");
  await envoyer(coordination, "suivi.csv", SUIVI);
  await coordination.lit("Rien n’est encore repris");
  await coordination.lit("2 nouveaux, 0 changé, 0 inchangé, 0 laissé, 3 refusés");
  await coordination.lit("Il manque la commune");
  await coordination.lit("n’est pas dans le territoire");
  await coordination.lit("peut se lire de deux façons");
  await coordination.capturer("reprise");

  // A column that is not wanted is taken out, the preview follows; a compulsory one is asked for again.
  await coordination.choisir("Coût", { index: 0 });
  await coordination.envoyer("Mettre à jour l’aperçu");
  await coordination.lit("3 nouveaux, 0 changé, 0 inchangé, 0 laissé, 2 refusés");
  await coordination.choisir("Commune (obligatoire)", { index: 0 });
  await coordination.envoyer("Mettre à jour l’aperçu");
  await coordination.lit("Il manque une colonne");
  await coordination.choisir("Commune (obligatoire)", "Commune");
  await coordination.choisir("Coût", "Coût");
  await coordination.envoyer("Mettre à jour l’aperçu");

  await coordination.envoyer("Reprendre 2 projets");
  await coordination.titre("Rapport de la reprise");
  const rapport = coordination.chemin;
  await coordination.aller("/tableau");
  await coordination.lit("Halle de marché à couvrir");
  await envoyer(coordination, "suivi.csv", SUIVI);
  await coordination.lit("Il n’y a rien à reprendre");
  await coordination.aller(rapport);
  await coordination.envoyer("Annuler la reprise");
  await coordination.lit("Cette reprise a été annulée");
  await coordination.aller("/tableau");
  await coordination.neLitPas("Halle de marché à couvrir");
});

const ABIMES: Array<[string, Buffer | string, string]> = [
  ["vide.csv", "", "Ce fichier est vide"],
  ["photo.csv", Buffer.from("89504e470d0a1a0a30303030", "hex"), "une image ou une photo"],
  ["coupe.xlsx", "PK\x03\x04xl/workbook.xml", "abîmé ou incomplet"],
  ["rien.csv", "\n\n;\n", "aucune ligne"],
];

test("refuse un fichier abîmé à côté de son champ", async ({ arrive }) => {
  const coordination = await arrive();
  await entrerComme(coordination, /Coordination/);
  await coordination.aller("/tableau/import");
  await coordination.envoyer("Continuer");
  await coordination.lit("Choisissez un fichier");
  for (const [nom, contenu, phrase] of ABIMES) {
    await envoyer(coordination, nom, contenu);
    await expect(coordination.page.locator("#fichier-erreur")).toContainText(phrase);
  }
});
