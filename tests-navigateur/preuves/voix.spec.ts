// What a screen reader is given of key pages, kept as text: a change of words or of roles shows in the review.
// After a wanted change: script/test-navigateur --project=preuves voix --update-snapshots
import { expect, test } from "../maison/essai.js";
import { CAFE, demander, entrerComme } from "../maison/gestes.js";
import type { Visite } from "../maison/visite.js";

const PAGES: Array<[string, string]> = [
  ["decrire-un-projet", "/projets/nouveau"],
  ["se-connecter", "/connexion"],
  ["aide", "/aide"],
  ["facile-a-lire", "/facile-a-lire"],
  ["recherche", "/recherche?q=zzzzzz"],
  ["introuvable", "/nulle-part"],
];

for (const [nom, chemin] of PAGES) {
  test(`${chemin} se dit comme avant`, async ({ arrive }) => {
    const passant = await arrive();
    await passant.aller(chemin);
    await expect(passant.page.locator("main")).toMatchAriaSnapshot({ name: `${nom}.aria.yml` });
  });
}

test("l’en-tête et le pied de page se disent comme avant", async ({ arrive }) => {
  const passant = await arrive();
  await passant.aller("/aide");
  await expect(passant.page.getByRole("banner")).toMatchAriaSnapshot({ name: "en-tete.aria.yml" });
  await expect(passant.page.getByRole("contentinfo")).toMatchAriaSnapshot({ name: "pied-de-page.aria.yml" });
});

// Signed in: only what is the same whatever the others did before.
interface Voix {
  nom: string;
  role?: RegExp;
  /** Where, once what must be there is there. */
  ou: (visite: Visite, arrive: () => Promise<Visite>) => Promise<string>;
  region: string;
}

const PROJET = { ...CAFE, titre: "Le projet que l’on écoute" };

const CONNECTEES: Voix[] = [
  {
    nom: "projet-du-porteur",
    region: "main",
    ou: async (visite) => `/projets/${await demander(visite, "voix-porteur@exemple.invalid", PROJET)}`,
  },
  {
    nom: "reponse-de-la-chargee",
    role: /Chargé·e territorial·e/,
    region: "main",
    ou: async (_, arrive) => `/projets/${await demander(await arrive(), "voix-charge@exemple.invalid", PROJET)}/suivi`,
  },
  // The columns by name; what waits in them changes with the others.
  { nom: "tableau-de-la-chargee", role: /Chargé·e territorial·e/, region: "main", ou: async () => "/tableau" },
  { nom: "compte-de-l-acteur", role: /Acteur de l’économie sociale/, region: "main", ou: async () => "/compte" },
  { nom: "accueil-des-reglages", role: /Agent qui gère le site/, region: "main", ou: async () => "/reglages" },
];

for (const { nom, role, ou, region } of CONNECTEES) {
  test(`connecté : ${nom} se dit comme avant`, async ({ arrive }) => {
    const visite = await arrive();
    if (role) await entrerComme(visite, role);
    await visite.aller(await ou(visite, arrive));
    await expect(visite.page.locator(region)).toMatchAriaSnapshot({ name: `${nom}.aria.yml` });
  });
}
