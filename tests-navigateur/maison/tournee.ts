// The walk: every kind of page that a person reaches by links, once. A kind is a route of the product, as the table of
// rights lists them: nothing to keep here when a page is added.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Response } from "@playwright/test";
import type { Visite } from "./visite.js";

const DROITS = join(import.meta.dirname, "../../crates/server/tests/droits.txt");

/** Routes that show something, as `/projets/{reference}`. */
export const ROUTES: string[] = [
  ...new Set([...readFileSync(DROITS, "utf8").matchAll(/^GET +(\/\S*)/gm)].flatMap(([, route]) => route ?? [])),
];

// Files and machines, not pages; and what stands in the pages of others, without header nor menu.
const PAS_DES_PAGES = /\/export$|json$|\.rss$|\.jsonld$|^\/donnees\/|^\/api\/v1\/|^\/compte\/donnees$|\/pieces\/\{piece\}$|\/photos\/\{photo\}$|^\/sante$|^\/brouillon$|^\/logo\/|^\/integrer\/annuaire$|^\/connexion\/agents|^\/deconnexion\//;

/** The pages among them. */
export const PAGES = ROUTES.filter((route) => !PAS_DES_PAGES.test(route));

/** The route of a path: the one with the fewest variable parts. */
export function route(chemin: string): string | undefined {
  const morceaux = chemin.replace(/[?#].*$/, "").split("/");
  const convient = (candidat: string): boolean => {
    const parties = candidat.split("/");
    return parties.length === morceaux.length && parties.every((p, i) => p === morceaux[i] || (p.startsWith("{") && morceaux[i] !== ""));
  };
  const variables = (candidat: string): number => candidat.split("{").length;
  return ROUTES.filter(convient).sort((a, b) => variables(a) - variables(b))[0];
}

export interface Arrivee {
  route: string;
  reponse: Response;
}

/** Goes to each kind of page not yet in `vues`, from where the person stands; gives it once shown and judged. */
export async function* tournee(visite: Visite, vues: ReadonlySet<string>, departs: string[]): AsyncGenerator<Arrivee> {
  const aVoir = [...departs];
  const suivies = new Set<string>();
  const montrees = new Set<string>(vues);
  for (let chemin = aVoir.shift(); chemin !== undefined; chemin = aVoir.shift()) {
    const ici = route(chemin);
    if (!ici || !PAGES.includes(ici) || suivies.has(ici)) continue;
    suivies.add(ici);
    const reponse = await visite.aller(chemin).catch((erreur: Error) => {
      if (erreur.message.includes("Download is starting")) return null;
      throw erreur;
    });
    // A page may send elsewhere: to sign in, to keep the project first.
    const arrivee = route(visite.chemin);
    if (!reponse?.ok() || !arrivee || !PAGES.includes(arrivee)) continue;
    const liens = await visite.page.locator("a[href^='/']:not([download])").evaluateAll((tous) => tous.map((lien) => lien.getAttribute("href") ?? ""));
    aVoir.push(...liens);
    if (montrees.has(arrivee)) continue;
    montrees.add(arrivee);
    yield { route: arrivee, reponse };
  }
}
