// One actor, once; an actor takes its own page; who is not verified proposes.
import { expect, test } from "../maison/essai.js";
import { courriel, entrerComme, lien, seConnecter } from "../maison/gestes.js";
import type { Visite } from "../maison/visite.js";

const ACTEUR = /Clic et voisins/;

/** The page of an invented actor, from the list. */
async function fiche(visite: Visite, mots: string, nom: RegExp): Promise<string> {
  await visite.aller(`/annuaire?q=${encodeURIComponent(mots)}`);
  await visite.suivre(nom);
  await visite.titre(nom);
  return visite.chemin;
}

test("un visiteur propose une correction, un agent la prend", async ({ arrive }) => {
  const voisin = await arrive();
  const adresse = await fiche(voisin, "clic et voisins", ACTEUR);
  await voisin.suivre("Proposer une correction");
  await voisin.titre("Proposer une correction");
  await voisin.remplir(/^Téléphone/, "03 83 11 22 33");
  await voisin.remplir("Votre adresse de courriel", "voisin@exemple.invalid");
  await voisin.envoyer("Envoyer la proposition");
  await voisin.lit("Un agent lira votre proposition");

  const agent = await arrive();
  await entrerComme(agent, /Agent qui gère le site/);
  await agent.aller("/reglages/annuaire/propositions");
  await agent.suivre(ACTEUR);
  await agent.titre("Une proposition pour l’annuaire");
  await agent.lit("03 83 11 22 33");
  await agent.envoyer("Prendre ce qui est coché");
  await agent.lit("La fiche est corrigée");
  await voisin.aller(adresse);
  await voisin.lit("03 83 11 22 33");
  await courriel(voisin, "voisin@exemple.invalid", /Votre proposition/);
});

test("une personne prend la fiche de sa structure, y met une antenne", async ({ arrive }) => {
  const camille = await arrive();
  const adresse = await fiche(camille, "grandir en campagne", /Grandir en campagne/);
  await camille.suivre("Tenir cette fiche");
  await seConnecter(camille, "camille@exemple.invalid");
  await camille.aller(`${adresse}/revendiquer`);
  await camille.titre("C’est ma structure");
  await camille.cocher("Un courriel à une adresse de la structure");
  await camille.remplir("Adresse de courriel de la structure", "grandir@exemple.invalid");
  await camille.envoyer("Demander");
  await camille.lit("Un lien est parti");

  const structure = await arrive();
  await structure.aller(lien(await courriel(structure, "grandir@exemple.invalid", /agit/), "/c-est-notre-structure/"));
  await structure.titre("Qui tient cette fiche");
  await structure.envoyer("Oui, cette personne agit pour nous");
  await structure.lit("tient maintenant la fiche");

  await camille.aller(adresse);
  await camille.suivre("Adresses");
  await camille.titre("Adresses");
  await camille.remplir("Numéro et rue", "3 place du Marché");
  await camille.remplir("Commune", "Toul");
  // The list of communes that opens meanwhile covers the button: one leaves the field first.
  await camille.page.keyboard.press("Tab");
  await camille.envoyer("Ajouter");
  await camille.lit("L’adresse est ajoutée");
  await camille.aller(`${adresse}/photos`);
  await camille.titre("Photos");
  await camille.aller(`${adresse}/revendiquer`);
  await camille.titre("Tenir la fiche à jour");
});

test("un code arrive par la poste, un agent répond à une demande", async ({ arrive }) => {
  const camille = await arrive();
  await seConnecter(camille, "poste@exemple.invalid");
  const adresse = await fiche(camille, "terres et tablees", /Terres et tablées/);
  await camille.aller(`${adresse}/revendiquer`);
  await camille.cocher("Un agent du département, qui vérifie");
  await camille.remplir("Ce qui le montre, en quelques mots", "Présidente depuis mars, les statuts le disent.");
  await camille.envoyer("Demander");
  await camille.lit("Un agent la lira");
  await camille.aller(`${adresse}/revendiquer/code`);
  await camille.titre("Saisir le code de la lettre");

  const agent = await arrive();
  await entrerComme(agent, /Agent qui gère le site/);
  await agent.aller("/reglages/annuaire/revendications");
  await agent.suivre(/Terres et tablées/);
  await agent.titre("Une demande pour tenir une fiche");
  await agent.remplir("Raison du refus", "Nous n’avons pas pu joindre la structure.");
  await agent.envoyer("Refuser");
  await agent.lit("La demande est refusée");
});

test("deux fiches d’une structure se comparent, se réunissent, se séparent", async ({ arrive }) => {
  const agent = await arrive();
  await entrerComme(agent, /Agent qui gère le site/);
  const [a, b] = [await fiche(agent, "roulons ensemble", /Roulons ensemble/), await fiche(agent, "cap mobilites rurales", /Cap mobilités/)];
  await agent.aller("/reglages/annuaire/doublons");
  await agent.titre("Doublons de l’annuaire");
  await agent.envoyer("Chercher maintenant");
  await agent.lit("La recherche est lancée");
  await agent.aller(`/reglages/annuaire/doublons/${a.split("/").at(-1)}/${b.split("/").at(-1)}`);
  await agent.titre("Est-ce la même structure ?");
  await agent.envoyer("Voir la fiche réunie");
  await agent.lit("La fiche après la réunion");
  await agent.capturer("doublons");
  await agent.envoyer("Réunir les deux fiches");
  await agent.lit("Les deux fiches sont réunies");
  const reunion = agent.chemin;
  const passant = await arrive();
  await passant.aller(b);
  expect(passant.chemin).toBe(a);
  await agent.aller(reunion);
  await agent.envoyer("Défaire la réunion");
  await agent.lit("La réunion est défaite");
  // The index follows in its own time.
  const trouve = async (): Promise<string> => (await passant.demander("/annuaire?q=cap+mobilites+rurales")).text();
  await expect.poll(trouve, { timeout: 30_000 }).toContain("Cap mobilités rurales");
});
