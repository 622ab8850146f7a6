// The look of the pages, the menu of a telephone, the live map.
import { expect, test } from "../maison/essai.js";
import { entrerComme } from "../maison/gestes.js";

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

test("les aides suivent les filtres, et le disent", async ({ arrive }) => {
  const passant = await arrive();
  await passant.aller("/leviers");
  const avant = await passant.page.getByRole("heading", { level: 2 }).first().innerText();
  await passant.choisir("Qui porte le projet ?", "Commune");
  if (passant.scripts) await expect(passant.page).toHaveURL(/porteur=commune/);
  else await passant.envoyer("Filtrer");
  const titre = passant.page.getByRole("heading", { level: 2 }).first();
  await expect(titre).not.toHaveText(avant);
  if (passant.scripts) await expect(passant.page.getByRole("status").filter({ hasText: await titre.innerText() })).toHaveCount(1);
  // The back button: preuves/gestes.spec.ts.
  await passant.juger();
});

test("l’annuaire suit ses filtres, et recompte les autres choix", async ({ arrive }) => {
  const passant = await arrive();
  await passant.aller("/annuaire");
  const titre = passant.page.locator("#t-resultats");
  const formes = passant.page.getByLabel("Forme", { exact: true }).locator("option");
  const [avant, comptes] = [await titre.innerText(), await formes.allTextContents()];
  await passant.choisir("Thème", { index: 1 });
  if (passant.scripts) await expect(passant.page).toHaveURL(/theme=/);
  else await passant.envoyer("Chercher");
  await expect(titre).not.toHaveText(avant);
  if (passant.scripts) await expect(passant.page.getByRole("status").filter({ hasText: await titre.innerText() })).toHaveCount(1);
  expect(await formes.allTextContents(), "the other choices say how many are left").not.toEqual(comptes);
  await expect(passant.page.getByLabel("Thème").locator("option:checked")).not.toHaveText("Tous");
  if (passant.scripts) {
    // A commune half typed is not "everywhere".
    const trouves = await titre.innerText();
    const repondu = passant.page.waitForResponse(/commune=Atlantide/);
    await passant.remplir("Commune", "Atlantide");
    await (await repondu).finished();
    await expect(passant.page).not.toHaveURL(/Atlantide/);
    await expect(titre).toHaveText(trouves);
  }
  await passant.juger();
});

test("un agent demande les raccourcis du clavier, puis les arrête", async ({ arrive }) => {
  const agent = await arrive();
  await agent.aller("/affichage");
  await expect(agent.page.getByRole("group", { name: /raccourcis/ })).toHaveCount(0);
  await entrerComme(agent, /Chargé·e territorial·e/);
  const clavier = agent.page.keyboard;
  const liste = agent.page.getByRole("dialog", { name: "Raccourcis clavier" });
  await clavier.press("?");
  await expect(liste).toHaveCount(0);
  const choisir = async (reponse: string): Promise<void> => {
    await agent.aller("/affichage");
    await agent.cocher(reponse, agent.page.getByRole("group", { name: /raccourcis/ }));
    await agent.envoyer("Enregistrer");
    await agent.lit("Votre choix est gardé");
  };
  await choisir("Oui");
  if (agent.scripts) {
    await clavier.press("?");
    await expect(liste).toBeVisible();
    await agent.juger();
    await clavier.press("Escape");
    await expect(liste).toHaveCount(0);
    // In a field, a key is a letter.
    await clavier.press("/");
    await expect(agent.page.getByRole("searchbox", { name: "Chercher dans tout le site" })).toBeFocused();
    await clavier.type("1?");
    await expect(agent.page.getByRole("searchbox", { name: "Chercher dans tout le site" })).toHaveValue("1?");
    await agent.page.getByRole("heading", { level: 1 }).click();
    await clavier.press("1");
    await agent.titre("Tableau de bord");
  }
  await choisir("Non");
  await clavier.press("?");
  await expect(liste).toHaveCount(0);
});
