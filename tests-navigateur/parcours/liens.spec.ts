// No link of the site leads nowhere. Asked without showing the pages: one walk is enough, the journeys judge the pages.
import { expect, test } from "../maison/essai.js";
import { entrerComme } from "../maison/gestes.js";

const PAGES_MAX = 250;
// Downloads, and communes by the hundred: one of each kind is enough.
const UNE_FOIS = [/^\/communes\/\w+/, /^\/leviers\/[\w-]+/, /^\/formes-juridiques\/[\w-]+/, /^\/annuaire\/[\w-]+/, /^\/projets\/[\w]+/];

for (const role of [undefined, /Chargé·e territorial·e/, /Coordination/, /Agent qui gère le site/]) {
  test(`suit tous les liens, ${role?.source ?? "sans compte"}`, async ({ arrive }, essai) => {
    test.skip(essai.project.name !== "large, sans script", "les liens sont les mêmes sur chaque écran");
    const passant = await arrive();
    if (role) await entrerComme(passant, role);
    else await passant.aller("/");
    const origine = new URL(passant.page.url()).origin;
    const faits = new Set<string>();
    const sortes = new Map<RegExp, number>();
    const aVoir: Array<[string, string]> = [[passant.chemin, "le départ"]];
    const perdus: string[] = [];
    for (let suivant = aVoir.pop(); suivant && faits.size < PAGES_MAX; suivant = aVoir.pop()) {
      const [adresse, depuis] = suivant;
      const chemin = adresse.replace(/#.*/, "");
      const sorte = UNE_FOIS.find((motif) => motif.test(chemin));
      if (faits.has(chemin) || (sorte && (sortes.get(sorte) ?? 0) > 3)) continue;
      faits.add(chemin);
      if (sorte) sortes.set(sorte, (sortes.get(sorte) ?? 0) + 1);
      const reponse = await passant.page.request.get(origine + chemin);
      if (reponse.status() >= 400) perdus.push(`${chemin} (${reponse.status()}), depuis ${depuis}`);
      // A link in a mail works once: other journeys may have used it.
      if (chemin === "/demo/courriels") continue;
      if (!reponse.headers()["content-type"]?.startsWith("text/html")) continue;
      const html = await reponse.text();
      for (const [, lien] of html.matchAll(/<a [^>]*href="(\/[^"]*)"/g)) {
        if (lien) aVoir.push([lien.replaceAll("&amp;", "&"), chemin]);
      }
    }
    expect(perdus).toEqual([]);
    expect(faits.size).toBeGreaterThan(10);
  });
}
