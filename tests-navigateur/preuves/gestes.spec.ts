// What a hand does by mistake, and what a script makes of it: a press that slides away does nothing (RGAA 13.11); the list of
// names tells its state (7.1); nothing leaves without a button that says so (7.4).
import type { Locator } from "@playwright/test";
import { expect, test } from "../maison/essai.js";
import { CAFE, decrire, entrerComme } from "../maison/gestes.js";
import type { Visite } from "../maison/visite.js";

/** Pressed there, let go elsewhere. */
async function glisser(visite: Visite, cible: Locator): Promise<void> {
  // A list that is being filled has no place yet.
  await expect(async () => expect(await cible.boundingBox()).not.toBeNull()).toPass();
  await cible.scrollIntoViewIfNeeded();
  const place = await cible.boundingBox();
  if (!place) throw new Error("rien à presser");
  const { mouse } = visite.page;
  await mouse.move(place.x + place.width / 2, place.y + place.height / 2);
  await mouse.down();
  await mouse.move(3, 3);
  await mouse.up();
}

const PRESSIONS: Array<[string, RegExp | undefined, string, string]> = [
  ["un lien", undefined, "/", "main a.govuk-button"],
  ["un bouton qui envoie", undefined, "/connexion", "main form button"],
  ["une case", undefined, "/projets/nouveau", "main .govuk-checkboxes__label"],
  ["un pli", undefined, "/annuaire", "main summary"],
  ["le menu du compte", /Chargé·e territorial·e/, "/tableau", "header summary"],
  ["la réponse à une commune", /Chargé·e territorial·e/, "/tableau", "main a[href^='/projets/']"],
];

for (const [quoi, role, adresse, cible] of PRESSIONS) {
  test(`${quoi} : une pression qui glisse dehors ne fait rien`, async ({ arrive }) => {
    const visite = await arrive();
    if (role) await entrerComme(visite, role);
    await visite.aller(adresse);
    const etat = (): Promise<string> =>
      visite.page.evaluate(() => [location.href, document.querySelectorAll(":checked, details[open]").length, document.querySelectorAll(".govuk-error-message").length].join(" "));
    const avant = await etat();
    const parties: string[] = [];
    visite.page.on("request", (demande) => parties.push(demande.url()));
    await glisser(visite, visite.page.locator(cible).first());
    expect(await etat()).toBe(avant);
    expect(parties).toEqual([]);
  });
}

test("la liste des communes dit son nom, son état et son choix ; une pression qui glisse dehors n’en prend aucune", async ({ arrive }) => {
  const visite = await arrive();
  await visite.aller("/projets/nouveau");
  const champ = visite.page.getByRole("combobox", { name: "Commune du projet" });
  const liste = visite.page.getByRole("listbox", { name: "Communes" });
  await expect(champ).toHaveAttribute("aria-expanded", "false");
  await champ.pressSequentially("Cirey");
  await expect(champ).toHaveAttribute("aria-expanded", "true");
  await expect(visite.page.getByRole("status").filter({ hasText: /communes?$/ })).toHaveCount(1);
  await glisser(visite, liste.getByRole("option").first());
  await expect(champ).toHaveValue("Cirey");
  await champ.focus();
  await champ.press("End");
  // What comes replaces the list: nothing is chosen before.
  const repondu = visite.page.waitForResponse(/communes\.json\?q=Cirey-$/);
  await champ.pressSequentially("-");
  await (await repondu).finished();
  await expect(liste).toBeVisible();
  await champ.press("ArrowDown");
  const choisie = liste.getByRole("option", { selected: true });
  await expect(choisie).toHaveCount(1);
  await expect(champ).toHaveAttribute("aria-activedescendant", (await choisie.getAttribute("id")) ?? "");
  await champ.press("Escape");
  await expect(champ).toHaveAttribute("aria-expanded", "false");
  await expect(champ).not.toHaveAttribute("aria-activedescendant", /.+/);
  await expect(champ).toBeFocused();
});

test("ce qui s’ouvre se prend au clavier, et se ferme avec Échap", async ({ arrive }) => {
  const visite = await arrive();
  await entrerComme(visite, /Chargé·e territorial·e/);
  await visite.aller("/composants/recit");
  const { page } = visite;
  const compte = page.locator("header summary").first();
  await compte.focus();
  await page.keyboard.press("Enter");
  const lien = page.getByRole("link", { name: "Voir mon compte" });
  await expect(lien).toBeVisible();
  await page.keyboard.press("Tab");
  await expect(lien).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(lien).toBeHidden();
  await expect(compte).toBeFocused();
  const mot = page.getByRole("button", { name: /plan de financement/ });
  await mot.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByText("qui paie quoi")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByText("qui paie quoi")).toBeHidden();
  await expect(mot).toBeFocused();
});

test("choisir dans une liste ne quitte pas la page et ne prend pas la main ; Retour défait un choix après l’autre", async ({ arrive }) => {
  const visite = await arrive();
  await visite.aller("/leviers");
  const { page } = visite;
  const choix = page.getByLabel("Qui porte le projet ?");
  const titre = page.getByRole("heading", { level: 2 }).first();
  const [avant, vide] = [await titre.innerText(), await choix.locator("option:checked").innerText()];
  await choix.focus();
  await choix.selectOption({ label: "Commune" });
  await expect(page).toHaveURL(/porteur=commune/);
  await expect(choix).toBeFocused();
  const filtre = await titre.innerText();
  await expect(page.getByRole("status").filter({ hasText: filtre })).toHaveCount(1);
  // A sheet, and back: the filter is still there.
  await visite.naviguerVers("/leviers/");
  await page.goBack();
  await expect(page).toHaveURL(/porteur=commune/);
  await expect(titre).toHaveText(filtre);
  await expect(choix.locator("option:checked")).toHaveText("Commune");
  // Back again: the list as it was before the choice, not the page before the list.
  await page.goBack();
  await expect(page).toHaveURL(/\/leviers$/);
  await expect(titre).toHaveText(avant);
  await expect(choix.locator("option:checked")).toHaveText(vide);
  await page.goForward();
  await expect(titre).toHaveText(filtre);
  await expect(choix.locator("option:checked")).toHaveText("Commune");
});

test("Retour, après un envoi, montre ce qui a été tapé, et n’envoie rien de nouveau", async ({ arrive }) => {
  const visite = await arrive();
  const { page } = visite;
  const reference = await decrire(visite, CAFE);
  const envois: string[] = [];
  page.on("request", (demande) => demande.method() === "POST" && envois.push(demande.url()));
  await page.goBack();
  await visite.titre("Où vous en êtes");
  await expect(page.getByLabel("Étude")).toBeChecked();
  await expect(page.getByLabel("Qui porte le projet ?").locator("option:checked")).toHaveText("Commune");
  // The project is made: its own first screen, where a change changes it, and makes no second one.
  await page.goBack();
  await expect(page).toHaveURL(new RegExp(`/projets/${reference}/description$`));
  await expect(page.getByLabel("Titre court de votre projet")).toHaveValue(CAFE.titre);
  await expect(page.getByLabel(/Qu’est-ce qui manque/)).toHaveValue(CAFE.manque);
  await expect(page.getByLabel(CAFE.theme).first()).toBeChecked();
  expect(envois).toEqual([]);
});
