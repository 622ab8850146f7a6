// The weight of a first visit, as a phone on a rural network receives it: everything that comes, compressed, once. The drawings
// of maps are counted apart.
import { expect, test } from "../maison/essai.js";
import { entrerComme } from "../maison/gestes.js";
import { pesee } from "../maison/preuves.js";

const PREMIERE_VISITE_MAX = 100_000;
const PAR_SORTE = { document: 15_000, stylesheet: 20_000, script: 25_000, font: 40_000, image: 30_000 } as const;

// A page signed in too, as if the browser had nothing yet.
const PAGES: Array<[string, RegExp?]> = [
  ["/"], ["/communes/54129"], ["/projets/nouveau"], ["/leviers"], ["/aide"], ["/connexion"],
  ["/annuaire"], ["/carte"], ["/annuaire/portrait/commune/54129"], ["/tableau", /Chargé·e territorial·e/],
];

for (const [chemin, role] of PAGES) {
  test(`une première visite de ${chemin} est légère`, async ({ arrive }) => {
    const passant = await arrive();
    if (role) {
      await entrerComme(passant, role);
      const reseau = await passant.page.context().newCDPSession(passant.page);
      await reseau.send("Network.setCacheDisabled", { cacheDisabled: true });
    }
    const poids = new Map<string, number>();
    const demandes: Array<Promise<void>> = [];
    passant.page.on("requestfinished", (demande) => {
      demandes.push(
        (async () => {
          const sorte = demande.resourceType();
          const { responseBodySize } = await demande.sizes();
          const html = sorte === "document" ? await (await demande.response())?.text() : undefined;
          const octets = html?.includes("tr-carte-svg") ? Math.min(responseBodySize, pesee(html)) : responseBodySize;
          poids.set(sorte, (poids.get(sorte) ?? 0) + octets);
        })(),
      );
    });
    await passant.aller(chemin);
    await Promise.all(demandes);
    const total = [...poids.values()].reduce((somme, octets) => somme + octets, 0);
    console.log(`${chemin} : ${total} octets (${[...poids].map(([sorte, octets]) => `${sorte} ${octets}`).join(", ")})`);
    expect(poids.get("document"), "la page elle-même est comptée").toBeGreaterThan(500);
    for (const [sorte, limite] of Object.entries(PAR_SORTE)) expect.soft(poids.get(sorte) ?? 0, sorte).toBeLessThanOrEqual(limite);
    expect(total).toBeLessThanOrEqual(PREMIERE_VISITE_MAX);
  });
}
