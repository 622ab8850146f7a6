// What a screen reader is given of key pages, kept as text: a change of words or of roles shows in the review.
// After a wanted change: script/test-navigateur --project=preuves voix --update-snapshots
import { expect, test } from "../maison/essai.js";

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
