// What one types is not lost with the page: kept as one types, offered on return, erased by a button. Without script,
// nothing of it shows.
import { expect, test } from "../maison/essai.js";
import { CAFE } from "../maison/gestes.js";
import type { Visite } from "../maison/visite.js";

const CHAMP = /Qu’est-ce qui manque/;

/** Types as a person does, then pauses: it is kept. */
async function taper(visite: Visite, texte: string): Promise<void> {
  const champ = visite.page.getByLabel(CHAMP);
  await champ.fill("");
  await champ.pressSequentially(texte);
  await expect(visite.page.getByText(/Brouillon enregistré à \d+\sh\s\d\d/)).toBeVisible();
}

test("un texte tapé se retrouve après la fermeture de la page, et s’efface", async ({ arrive }) => {
  const maire = await arrive();
  await maire.aller("/projets/nouveau");
  if (!maire.scripts) {
    await expect(maire.page.locator(".tr-brouillon")).toHaveCount(0);
    return;
  }
  await maire.remplir("Titre court de votre projet", CAFE.titre);
  await maire.cocher(CAFE.theme);
  await taper(maire, "Plus de commerce depuis deux ans.");
  await maire.juger();

  // The page closes; another tab of the same browser, later.
  await maire.page.close();
  const retour = await arriverEncore(maire);
  await retour.lit("Vous aviez commencé à écrire ici");
  await expect(retour.page.getByLabel(CHAMP)).toHaveValue("");
  await retour.juger();
  await retour.page.getByRole("button", { name: "Reprendre ce texte" }).click();
  await expect(retour.page.getByLabel(CHAMP)).toHaveValue("Plus de commerce depuis deux ans.");
  await expect(retour.page.getByLabel("Titre court de votre projet")).toHaveValue(CAFE.titre);
  await expect(retour.page.getByLabel(CAFE.theme).first()).toBeChecked();
  await retour.lit("Votre texte est revenu");

  await retour.page.getByRole("button", { name: "Effacer ce brouillon" }).click();
  await retour.lit("Brouillon effacé");
  await retour.aller("/projets/nouveau");
  await retour.neLitPas("Vous aviez commencé");

  // With an error the page has the newest text; once sent, nothing is left.
  await taper(retour, "Plus de commerce.");
  await retour.envoyer("Continuer");
  await retour.lit("points sont à corriger");
  await retour.lit("Brouillon enregistré à");
  await retour.neLitPas("Vous aviez commencé");
  await retour.remplir("Titre court de votre projet", CAFE.titre);
  await retour.remplir("Commune du projet", CAFE.commune);
  await retour.cocher(CAFE.theme);
  await retour.envoyer("Continuer");
  await retour.titre("Où vous en êtes");
  await retour.aller("/projets/nouveau");
  await retour.neLitPas("Vous aviez commencé");
});

async function arriverEncore(visite: Visite): Promise<Visite> {
  const onglet = await visite.onglet();
  const lu = onglet.page.waitForResponse(/\/brouillon\?/);
  await onglet.aller("/projets/nouveau");
  await lu;
  return onglet;
}
