// The weight of a first visit, as a phone on a rural network receives it: everything that comes, compressed, once.
import { expect, test } from "../maison/essai.js";

const PREMIERE_VISITE_MAX = 100_000;
const PAR_SORTE = { document: 15_000, stylesheet: 20_000, script: 25_000, font: 40_000, image: 30_000 } as const;

for (const chemin of ["/", "/communes/54129", "/projets/nouveau", "/leviers", "/aide", "/connexion"]) {
  test(`une première visite de ${chemin} est légère`, async ({ arrive }) => {
    const passant = await arrive();
    const poids = new Map<string, number>();
    const demandes: Array<Promise<void>> = [];
    passant.page.on("requestfinished", (demande) => {
      demandes.push(
        demande.sizes().then(({ responseBodySize }) => {
          const sorte = demande.resourceType();
          poids.set(sorte, (poids.get(sorte) ?? 0) + responseBodySize);
        }),
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
