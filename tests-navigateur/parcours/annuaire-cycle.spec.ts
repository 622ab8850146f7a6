// The whole life of the directory on screen, on the real list of insertion bodies of the 54 (2020): import, claim, edit,
// moderation, confirmation, search, export, then a month where Sirene closes one and moves another. What Sirene says here is
// invented for the test, and undone at its end. Doubles have their own walk (annuaire-identite).
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "../maison/essai.js";
import { entrerComme, seConnecter } from "../maison/gestes.js";
import type { Visite } from "../maison/visite.js";

const LISTE = readFileSync(join(import.meta.dirname, "../../demonstration/54/siae-2020.csv"), "utf8");
const IMPORTS = "/reglages/imports/annuaire";
const [TENUE, FERMEE, PARTIE] = ["503722696", "534935390", "789545415"];
const NOM = "Le nom que nous nous donnons";

/** The last digit makes the key right (Luhn). */
function siret(siren: string): string {
  const juste = (numero: string): boolean =>
    [...numero].reverse().reduce((somme, chiffre, rang) => {
      const double = Number(chiffre) * (rang % 2 === 1 ? 2 : 1);
      return somme + (double > 9 ? double - 9 : double);
    }, 0) % 10 === 0;
  for (let nic = 90; ; nic += 1) if (juste(`${siren}${String(nic).padStart(5, "0")}`)) return `${siren}${String(nic).padStart(5, "0")}`;
}

async function fiche(visite: Visite, mots: string, nom: RegExp): Promise<string> {
  await visite.aller(`/annuaire?q=${encodeURIComponent(mots)}`);
  await visite.suivre(nom);
  await visite.titre(nom);
  return visite.chemin;
}

test("un tour complet : importée, prise, corrigée, relue, confirmée, exportée, puis le mois suivant", async ({ arrive }) => {
  const agent = await arrive();
  await entrerComme(agent, /Agent qui gère le site/);
  await agent.aller(IMPORTS);
  await agent.joindre("Fichier", "siae-2020.csv", LISTE);
  await agent.envoyer("Lire et comparer");
  await agent.lit("Tout est déjà à jour");
  await agent.envoyer("Abandonner");

  const camille = await arrive();
  await seConnecter(camille, "camille.eima@exemple.invalid");
  const tenue = await fiche(camille, "scic eima", /EIMA/);
  await camille.suivre("Tenir cette fiche");
  await camille.cocher("Un agent du département, qui vérifie");
  await camille.remplir("Ce qui le montre, en quelques mots", "Gérante depuis mars, les statuts le disent.");
  await camille.envoyer("Demander");
  await agent.aller("/reglages/annuaire/revendications");
  await agent.suivre(/EIMA/);
  await agent.envoyer("Accepter : j’ai vérifié");
  await camille.aller(`${tenue}/modifier`);
  await camille.remplir(/^Nom/, NOM);
  await camille.remplir(/^Téléphone/, "03 83 99 88 77");
  await camille.envoyer("Enregistrer");
  await camille.lit("est enregistrée");

  const voisin = await arrive();
  await voisin.aller(`${tenue}/proposer`);
  await voisin.remplir(/^Ce que fait la structure/, "Un atelier qui répare des vélos, ouvert le samedi.");
  await voisin.remplir("Votre adresse de courriel", "voisin.eima@exemple.invalid");
  await voisin.envoyer("Envoyer la proposition");
  await agent.aller("/reglages/annuaire/propositions");
  await agent.suivre(NOM);
  await agent.envoyer("Prendre ce qui est coché");
  await agent.lit("La fiche est corrigée");
  await camille.aller(`${tenue}/modifier`);
  await camille.envoyer("Tout est juste");
  await camille.lit("La fiche est confirmée");

  await voisin.aller("/annuaire?q=repare+velos+samedi");
  await voisin.lit(NOM);
  const csv = await (await voisin.demander("/annuaire/export?format=csv&q=repare+velos+samedi")).text();
  expect(csv).toContain(TENUE);

  const unites = ["siren,statutDiffusionUniteLegale,dateDernierTraitementUniteLegale,etatAdministratifUniteLegale,denominationUniteLegale,categorieJuridiqueUniteLegale,economieSocialeSolidaireUniteLegale"]
    .concat([[TENUE, "A", "DENOMINATION DE SIRENE"], [FERMEE, "C", "FERMEE"], [PARTIE, "A", "SOLEFOR"]].map(([siren, etat, nom]) => `${siren},O,2026-11-20T10:00:00,${etat},${nom},9220,O`));
  const lieux = ["siret,statutDiffusionEtablissement,dateDernierTraitementEtablissement,etablissementSiege,numeroVoieEtablissement,typeVoieEtablissement,libelleVoieEtablissement,codePostalEtablissement,libelleCommuneEtablissement,codeCommuneEtablissement,etatAdministratifEtablissement",
    `${siret(PARTIE ?? "")},O,2026-11-20T10:00:00,true,8,RUE,DU LAVOIR,54200,TOUL,54528,A`,
    `${PARTIE}00018,O,2026-11-20T10:00:00,false,1,RUE,DE NANCY,54000,NANCY,54395,F`];
  await agent.aller(IMPORTS);
  await agent.joindre("Fichier", "StockUniteLegale.csv", unites.join("\n"));
  await agent.joindre("Deuxième fichier (facultatif)", "StockEtablissement.csv", lieux.join("\n"));
  await agent.envoyer("Lire et comparer");
  await agent.lit("Enregistrer ces changements ?");
  await agent.envoyer("Enregistrer dans l’annuaire");
  const rapport = agent.chemin;

  await voisin.aller(tenue);
  await voisin.titre(NOM);
  await voisin.lit("l’acteur lui-même");
  await agent.aller("/reglages/annuaire");
  await agent.lit("DENOMINATION DE SIRENE");
  // The index follows in its own time.
  const trouve = async (mots: string): Promise<string> => (await voisin.demander(`/annuaire?q=${mots}`)).text();
  await expect.poll(() => trouve("nancea"), { timeout: 30_000 }).not.toContain("NANCEA");
  await fiche(voisin, "solefor", /SOLEFOR/);
  await voisin.lit("Toul");
  await voisin.lit("Insee, répertoire Sirene");

  await agent.aller(rapport);
  await agent.envoyer("Défaire cet import");
  await expect.poll(() => trouve("nancea"), { timeout: 30_000 }).toContain("NANCEA");
});
