// A département of its own: `terreau init`, the link of the first agent, the map, a first project.
import { expect, test } from "../maison/essai.js";
import { decrire } from "../maison/gestes.js";
import { installer } from "../maison/serveur.js";

const SITES: Array<[string, string, string]> = [
  ["35", "Redon", "Ille-et-Vilaine"],
  ["67", "Barr", "Bas-Rhin"],
  ["2A", "Sartène", "Corse-du-Sud"],
  ["69M", "Givors", "Lyon"],
  ["974", "Cilaos", "Réunion"],
  ["75", "Paris", "Paris"],
];

/** Ille-et-Vilaine stands on PostgreSQL, in a schema of its own. */
function base(departement: string): string[] {
  if (departement !== "35") return [];
  const url = process.env["TERREAU_TEST_POSTGRES"];
  if (!url) throw new Error("TERREAU_TEST_POSTGRES manque : lancez script/test-navigateur");
  return [`base.url=${url}`, `base.schema=navigateur_${process.pid}_${Date.now()}`];
}

for (const [departement, commune, nom] of SITES) {
  test(`${departement} s’installe et reçoit un premier projet`, async ({ arrive }, essai) => {
    const entier = departement === "35";
    const moitie = ["large, avec script", "etroit, sans script"].includes(essai.project.name);
    test.skip(!entier && !moitie, "les mêmes pages que l’Ille-et-Vilaine, vues dans deux réglages");
    const service = await installer(departement, base(departement));
    try {
      const agent = await arrive({ site: service.url });
      await agent.aller(service.lien);
      await agent.envoyer("Entrer");
      await agent.lit("Indiquez votre prénom");
      await agent.remplir("Prénom", "Ada");
      await agent.remplir("Nom", "Exemple");
      await agent.remplir("Adresse de courriel professionnelle", "ada@exemple.invalid");
      await agent.envoyer("Entrer");
      await agent.titre("Réglages");
      await agent.aller("/reglages/secteurs");
      const retard = await arrive({ site: service.url });
      await retard.aller(service.lien);
      await expect(retard.page.getByLabel("Prénom")).toHaveCount(0);

      const passant = await arrive({ site: service.url });
      await passant.aller("/");
      await passant.lit(nom);
      await passant.aller("/carte");
      await expect(passant.page.locator("main svg path").first()).toBeVisible();
      await decrire(passant, {
        titre: "Rouvrir le café",
        commune,
        manque: "Plus de café depuis deux ans. Les habitants vont loin.",
        theme: /Commerce/,
        porteur: "Commune",
      });
    } finally {
      await service.arreter();
    }
  });
}
