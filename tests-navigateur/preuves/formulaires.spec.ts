// A form that is refused: the title says so, the summary is announced and leads to each field, each field is tied to its words.
import { expect, test } from "../maison/essai.js";
import { entrerComme } from "../maison/gestes.js";

const FORMULAIRES: Array<[string, RegExp | undefined, string, string | RegExp]> = [
  ["décrire un projet", undefined, "/projets/nouveau", "Continuer"],
  ["se connecter", undefined, "/connexion", "Recevoir le code"],
  ["déclarer une fonction", /Maire de Cirey/, "/compte/mandats/nouveau", "Déclarer"],
  ["saisir un appel", /Chargé·e territorial·e/, "/saisir", "Enregistrer"],
  ["créer un secteur", /Agent qui gère le site/, "/reglages/secteurs", "Créer le secteur"],
  ["donner une fonction", /Agent qui gère le site/, "/reglages/utilisateurs", "Donner la fonction"],
  ["écrire une fiche", /Agent qui gère le site/, "/reglages/leviers/nouveau", "Publier"],
  ["changer l’identité du site", /Agent qui gère le site/, "/reglages/identite", "Enregistrer"],
];

for (const [nom, role, adresse, bouton] of FORMULAIRES) {
  test(`${nom} : un formulaire vide est refusé avec des mots`, async ({ arrive }) => {
    const visite = await arrive();
    if (role) await entrerComme(visite, role);
    await visite.aller(adresse);
    const { page } = visite;
    await page.locator("main form").evaluateAll((tous) => {
      for (const champ of tous.flatMap((f) => [...f.querySelectorAll<HTMLInputElement>("input:is([type=text], [type=email], [type=tel], [type=date]), textarea")])) champ.value = "";
    });
    await visite.envoyer(bouton);
    await expect(page).toHaveTitle(/^Erreur\s: /);
    const resume = page.getByRole("alert");
    await expect(resume).toBeFocused();
    const liens = await resume.getByRole("link").evaluateAll((tous) => tous.map((lien) => (lien as HTMLAnchorElement).hash.slice(1)));
    expect(liens.length).toBeGreaterThan(0);
    const griefs = await page.evaluate((ids) => {
      const trouves: string[] = [];
      const lie = (e: Element | null | undefined, erreur: string): boolean => (e?.getAttribute("aria-describedby") ?? "").split(" ").includes(erreur);
      for (const id of ids) {
        const champ = document.getElementById(id);
        if (!champ) trouves.push(`« #${id} » ne mène nulle part`);
        const groupe = champ?.closest(".govuk-form-group");
        const erreur = groupe?.querySelector(".govuk-error-message");
        if (!erreur?.id || !erreur.textContent?.trim()) trouves.push(`${id} : pas de message à côté du champ`);
        else if (!lie(champ, erreur.id) && !lie(champ?.closest("fieldset"), erreur.id)) trouves.push(`${id} : le message n’est pas lié au champ`);
        const invalide = champ?.getAttribute("aria-invalid") === "true" || /radio|checkbox/.test((champ as HTMLInputElement | null)?.type ?? "");
        if (!invalide) trouves.push(`${id} : le champ ne se dit pas en erreur`);
      }
      return trouves;
    }, liens);
    expect(griefs).toEqual([]);
    // What was left empty without harm said so before (RGAA 11.10); what is asked of some only says of whom.
    const permis = await page.locator("form:has(.govuk-error-message)").evaluateAll((tous) => {
      const dit = (e: Element | null | undefined): string => (e?.textContent ?? "").replace(/\s+/g, " ").trim();
      const question = (groupe: Element): string => dit(groupe.querySelector("legend") ?? groupe.querySelector("label"));
      const vide = (groupe: Element): boolean => {
        const champs = [...groupe.querySelectorAll<HTMLInputElement>("input, textarea")];
        // A box alone is a yes that one may not say.
        if (champs[0]?.type === "checkbox" && champs.length === 1) return false;
        return champs.length > 0 && champs.every((champ) => (/^(radio|checkbox)$/.test(champ.type) ? !champ.checked : champ.value === ""));
      };
      const sousCondition = (groupe: Element): boolean => /^(Inutile|Seulement)/.test(dit(groupe.querySelector(".govuk-hint")));
      const passes = tous.flatMap((f) => [...f.querySelectorAll(".govuk-form-group:not(.govuk-form-group--error)")]);
      return passes.filter((groupe) => vide(groupe) && !/facultatif/.test(question(groupe)) && !sousCondition(groupe)).map(question);
    });
    expect(permis, "ce qui peut rester vide porte « (facultatif) »").toEqual([]);
    for (const id of liens) {
      await resume.locator(`a[href="#${id}"]`).first().click();
      await expect(page.locator(`#${id}`)).toBeFocused();
    }
  });
}

test("les lettres qui restent sont annoncées quand la main s’arrête", async ({ arrive }) => {
  const visite = await arrive();
  await visite.aller("/projets/nouveau");
  const champ = visite.page.getByLabel(/Qu’est-ce qui manque/);
  await champ.pressSequentially("Plus de commerce.");
  await expect(visite.page.getByRole("status").filter({ hasText: "Il reste" })).toHaveText(/Il reste .+ caractères\./);
  await expect(champ).toBeFocused();
});

test("ce qui est fait est annoncé sans bouger le focus", async ({ arrive }) => {
  const visite = await arrive();
  await entrerComme(visite, /Secrétaire de mairie/);
  const message = visite.page.getByRole("status").filter({ hasText: "Vous êtes" });
  await expect(message).toBeVisible();
  await expect(message).not.toBeFocused();
});
