// The look of the pages, the menu of a telephone, the live map.
import { expect, test } from "../maison/essai.js";

test("choisit un affichage sombre, puis revient à celui de l’appareil", async ({ arrive }) => {
  const lecteur = await arrive();
  await lecteur.aller("/affichage");
  await lecteur.cocher("Sombre");
  await lecteur.envoyer("Enregistrer");
  await lecteur.lit("Votre choix est gardé");
  const fond = (): Promise<string> => lecteur.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  expect(await fond()).toBe("rgb(25, 28, 21)");
  for (const chemin of ["/", "/annuaire", "/composants/dessins", "/composants/formulaires"]) await lecteur.aller(chemin);
  expect(await fond()).toBe("rgb(25, 28, 21)");
  await lecteur.aller("/affichage");
  await expect(lecteur.page.getByLabel("Sombre", { exact: true })).toBeChecked();
  await lecteur.cocher("Comme mon appareil");
  await lecteur.envoyer("Enregistrer");
  expect(await fond()).toBe("rgb(253, 251, 246)");
});

test("voit chaque composant, sans défaut", async ({ arrive }) => {
  const lecteur = await arrive();
  for (const famille of ["", "/gestes", "/donnees", "/recit", "/reperes", "/dessins", "/formulaires"]) await lecteur.aller(`/composants${famille}`);
});

test("ouvre le menu d’un téléphone et va à l’annuaire", async ({ arrive }) => {
  const passant = await arrive();
  await passant.aller("/");
  const menu = passant.page.getByRole("button", { name: "Menu", exact: true });
  if (await menu.isVisible()) {
    await menu.click();
    await passant.juger();
  }
  await passant.suivre("Annuaire", passant.page.getByRole("navigation", { name: "Menu principal" }));
  await passant.titre("Annuaire");
});

test("lit le sens d’un mot là où il est écrit", async ({ arrive }) => {
  const passant = await arrive();
  await passant.aller("/composants/recit");
  await passant.page.getByRole("button", { name: /plan de financement/ }).click();
  await expect(passant.page.getByText("qui paie quoi")).toBeVisible();
  await passant.page.keyboard.press("Escape");
  await expect(passant.page.getByText("qui paie quoi")).toBeHidden();
});

test("ouvre la carte à déplacer, qui ne demande rien ailleurs", async ({ arrive }) => {
  const passant = await arrive();
  await passant.aller("/carte");
  const ouvrir = passant.page.getByRole("button", { name: "Ouvrir la carte à déplacer" });
  if (!passant.scripts) {
    await expect(ouvrir).toHaveCount(0);
    return;
  }
  await ouvrir.click();
  await expect(passant.page.locator("canvas")).toBeFocused({ timeout: 60_000 });
  await expect(ouvrir).toHaveCount(0);
  await passant.juger();
});
