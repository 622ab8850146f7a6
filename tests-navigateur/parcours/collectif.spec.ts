// A group of inhabitants, without SIREN nor status.
import { test } from "../maison/essai.js";
import { decrire, seConnecter } from "../maison/gestes.js";

const JARDIN = {
  titre: "Un jardin partagé derrière l’école",
  commune: "Petitmont",
  manque: "Les familles n’ont pas de terrain. Nous sommes douze foyers et un ancien maraîcher.",
  theme: /Jardins/,
  porteur: "Groupe d’habitants, sans statut",
};

test("décrit un projet sans SIREN, le garde et demande de l’aide", async ({ arrive }) => {
  const voisine = await arrive();
  const reference = await decrire(voisine, JARDIN);
  await voisine.lit(/donnez un ordre de grandeur du coût/i);
  await voisine.suivre("Garder ce projet");
  await seConnecter(voisine, "voisine@exemple.invalid");
  await voisine.aller(`/projets/${reference}/accompagnement`);
  await voisine.remplir("Qu’attendez-vous de nous ?", "Trouver un terrain et savoir s’il faut une association.");
  await voisine.envoyer("Envoyer ma demande");
  await voisine.lit("au plus tard le");
});
