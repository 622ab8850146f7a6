// The chargé's list: filtered as one chooses, acted on several at once, undone; and what each one finds with the search.
import { expect, test } from "../maison/essai.js";
import { CAFE, demander, entrerComme } from "../maison/gestes.js";

const CHARGE = /Chargé·e territorial·e/;

test("filtre, garde son filtre, agit sur plusieurs demandes, puis annule", async ({ arrive }) => {
  const commune = await arrive();
  await demander(commune, "liste@exemple.invalid", { ...CAFE, titre: "Rouvrir la mercerie" });
  const charge = await arrive();
  await entrerComme(charge, CHARGE);
  await charge.titre("Tableau de bord");
  await charge.suivre("En liste");
  await charge.titre("Liste des demandes suivies");
  await charge.remplir("Mots du titre", "mercerie");
  if (charge.scripts) await expect(charge.page.locator("[data-resultats] h2")).toHaveText("1 demande");
  await charge.envoyer("Filtrer");
  await charge.lit("Rouvrir la mercerie");
  await charge.neLitPas("Aucune demande ne répond");

  await charge.deplier("Garder ces filtres");
  await charge.envoyer("Garder");
  await charge.lit("Donnez un nom à ce filtre");
  await charge.remplir("Nom de ce filtre", "Mercerie");
  await charge.envoyer("Garder");
  await charge.lit("est gardé");
  await expect(charge.page.getByRole("navigation", { name: "Mes filtres" }).getByRole("link")).toHaveText(["Mercerie"]);

  await charge.remplir("Ma prochaine action", "Appeler la mairie");
  await charge.envoyer("Noter pour toutes");
  await charge.lit("Choisissez au moins une demande");
  await charge.cocher(/Choisir Rouvrir la mercerie/);
  await charge.envoyer("Noter pour toutes");
  await charge.lit("La prochaine action est notée pour 1 demande");
  await charge.lit("Appeler la mairie");
  await charge.envoyer("Annuler");
  await charge.lit("1 demande est comme avant");
  await charge.suivre("Mercerie");
  await charge.lit("Rouvrir la mercerie");

  // The search: a request followed, not for who passes by.
  await charge.remplir("Chercher dans tout le site", "mercerie");
  await charge.envoyer("Rechercher");
  await charge.lit("Demandes que vous suivez");
  const passant = await arrive();
  await passant.aller("/recherche?q=mercerie");
  await passant.neLitPas("Rouvrir la mercerie");
  await passant.aller("/recherche?q=devis");
  await passant.lit("Règles");
  await passant.lit("Aide");
  await passant.aller("/mots");
  await passant.lit("Sigles");
});
