// An actor of the ESS answers an introduction from a mailed link, without account.
import { expect, test } from "../maison/essai.js";
import { courriel, demander, entrerComme, lien } from "../maison/gestes.js";

test("répond à une mise en relation que la commune a approuvée", async ({ arrive }) => {
  const commune = await arrive();
  const reference = await demander(commune, "commune@exemple.invalid");
  const charge = await arrive();
  await entrerComme(charge, /Chargé·e territorial·e/);
  await charge.aller(`/projets/${reference}/suivi`);
  await charge.deplier("Proposer une mise en relation");
  await charge.remplir("Ou un autre acteur : son nom", "Les Granges partagées (exemple)");
  await charge.remplir("Son adresse de courriel", `granges-${reference}@exemple.invalid`);
  await charge.remplir("Texte de la mise en relation", "Une commune de 1 500 habitants cherche un appui pour un café-épicerie.");
  await charge.envoyer("Proposer au porteur");
  await charge.lit("proposé au porteur");

  await commune.aller(`/projets/${reference}`);
  await commune.capturer("mise-en-relation");
  await commune.envoyer(/^(Oui|Approuver|D’accord|Envoyer ce texte)/);
  const chemin = lien(await courriel(commune, `granges-${reference}@exemple.invalid`, /./), "/relation/");
  const acteur = await arrive();
  await acteur.aller(chemin);
  await acteur.titre("Répondre à une mise en relation");
  await acteur.capturer("repondre-relation");
  await acteur.envoyer("Intéressé");
  await acteur.lit("Vous recevez les coordonnées du porteur");
});

test("voit son espace et décrit son propre projet", async ({ arrive }) => {
  const acteur = await arrive();
  await entrerComme(acteur, /Acteur de l’économie sociale/);
  await acteur.titre("Mes projets");
  await acteur.suivre("Décrire un projet");
  await acteur.titre("Décrire un projet");
});

const CAFE_DU_PIEMONT = "Café coopératif du Piémont (exemple)";

test("déclare sa fonction, avec le nom que l’annuaire propose", async ({ arrive }) => {
  const acteur = await arrive();
  await entrerComme(acteur, /Acteur de l’économie sociale/);
  await acteur.aller("/compte/mandats/nouveau");
  await acteur.cocher("Une association, une coopérative, une entreprise, une fondation…");
  const nom = acteur.page.getByLabel("Nom de la structure");
  if (acteur.scripts) {
    await nom.pressSequentially("piémont");
    await expect(acteur.page.getByRole("option", { name: CAFE_DU_PIEMONT })).toBeVisible();
    await acteur.juger();
    await nom.press("ArrowDown");
    await nom.press("Enter");
    await expect(nom).toHaveValue(CAFE_DU_PIEMONT);
  } else {
    await nom.fill(CAFE_DU_PIEMONT);
  }
  await acteur.remplir("Commune", "Cirey-sur-Vezouze");
  await acteur.cocher("Représentant·e de la structure");
  await acteur.envoyer("Déclarer");
  await acteur.lit("Votre fonction est déclarée");
});
