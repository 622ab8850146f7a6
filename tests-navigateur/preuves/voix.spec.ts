// What a screen reader is given of key pages, kept as text: a change of words or of roles shows in the review.
// After a wanted change: script/test-navigateur --project=preuves voix --update-snapshots
import { expect, test } from "../maison/essai.js";
import { figer } from "../maison/figer.js";
import { CAFE, decrire, demander, entrerComme } from "../maison/gestes.js";
import type { Visite } from "../maison/visite.js";

const PAGES: Array<[string, string]> = [
  ["accueil", "/"],
  ["decrire-un-projet", "/projets/nouveau"],
  ["se-connecter", "/connexion"],
  ["commune", "/communes/54329"],
  ["annuaire", "/annuaire?q=emmaus"],
  ["fiche-d-une-aide", "/leviers/detr"],
  ["aide", "/aide"],
  ["facile-a-lire", "/facile-a-lire"],
  ["facile-a-lire-projet", "/facile-a-lire/projet"],
  ["facile-a-lire-aide", "/facile-a-lire/aide"],
  ["facile-a-lire-vote", "/facile-a-lire/vote"],
  ["recherche", "/recherche?q=zzzzzz"],
  ["introuvable", "/nulle-part"],
];

/** The page as it is said, whatever the day. */
async function dire(visite: Visite, nom: string): Promise<void> {
  await figer(visite);
  await expect.soft(visite.page.locator("main"), nom).toMatchAriaSnapshot({ name: `${nom}.aria.yml` });
}

// In one browser: the pages are only listened to.
test("les pages ouvertes à tous se disent comme avant", async ({ arrive }) => {
  const passant = await arrive();
  for (const [nom, chemin] of PAGES) {
    await passant.aller(chemin);
    await dire(passant, nom);
  }
});

test("le second écran et la réponse se disent comme avant", async ({ arrive }) => {
  const passant = await arrive();
  const reference = await decrire(passant, CAFE);
  await dire(passant, "reponse-a-un-projet");
  await passant.aller(`/projets/${reference}/suite`);
  await dire(passant, "ou-vous-en-etes");
});

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
