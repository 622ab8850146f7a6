// What a run makes once for all its workers: a demonstration already sown, which each copies, and the list of what was judged.
import { createHash } from "node:crypto";
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { semer } from "./serveur.js";

const VARIABLE = "TERREAU_ATELIER";

/** Its folder; workers are told by the environment. */
export function atelier(): string {
  const dossier = process.env[VARIABLE];
  if (!dossier) throw new Error(`${VARIABLE} manque : lancez script/test-navigateur`);
  return dossier;
}

/** Where the sown demonstration waits. */
export const modele = (dossier: string = atelier()): string => join(dossier, "demonstration");

/** True for the first worker that says so, whichever it is. */
export function premier(quoi: string): boolean {
  const nom = createHash("sha256").update(quoi).digest("hex");
  try {
    closeSync(openSync(join(atelier(), "vues", nom), "wx"));
    return true;
  } catch (erreur) {
    if ((erreur as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw erreur;
  }
}

/** What is noted is known by every worker, also by the one that comes after a failure. */
export class Carnet {
  private readonly dossier: string;

  constructor(nom: string) {
    this.dossier = join(atelier(), nom);
    mkdirSync(this.dossier, { recursive: true });
  }

  noter(cle: string, valeur: string): void {
    writeFileSync(join(this.dossier, encodeURIComponent(cle)), valeur);
  }

  lire(): Map<string, string> {
    return new Map(readdirSync(this.dossier).map((nom) => [decodeURIComponent(nom), readFileSync(join(this.dossier, nom), "utf8")]));
  }
}

/** Before the run; what it gives is done after. */
export default async function ouvrir(): Promise<() => void> {
  const dossier = mkdtempSync(join(tmpdir(), "terreau-atelier-"));
  process.env[VARIABLE] = dossier;
  mkdirSync(join(dossier, "vues"));
  mkdirSync(modele(dossier));
  await semer(modele(dossier));
  return () => rmSync(dossier, { recursive: true, force: true });
}
