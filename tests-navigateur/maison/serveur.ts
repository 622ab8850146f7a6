// The real binary, as a demonstration, on its own port with its own folder.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Serveur {
  url: string;
  arreter(): Promise<void>;
}

const PRET = "le service répond";
const ESSAIS = 5;

async function portLibre(): Promise<number> {
  const ecoute = createServer();
  await new Promise<void>((pret) => ecoute.listen(0, "127.0.0.1", pret));
  const { port } = ecoute.address() as AddressInfo;
  await new Promise((ferme) => ecoute.close(ferme));
  return port;
}

/** Resolves when the service says that it answers, rejects with its own words when it ends before. */
function attendre(processus: ChildProcess): Promise<void> {
  return new Promise((pret, rate) => {
    let dit = "";
    const lire = (morceau: Buffer): void => {
      dit += morceau.toString();
      if (dit.includes(PRET)) pret();
    };
    processus.stdout?.on("data", lire);
    processus.stderr?.on("data", lire);
    processus.once("error", rate);
    processus.once("exit", (code) => rate(new Error(`terreau s'est arrêté (${code}) :\n${dit}`)));
  });
}

/** The port is free when asked and taken a moment later: another one is tried if someone was faster. */
export async function demarrer(): Promise<Serveur> {
  const binaire = process.env["TERREAU_BINAIRE"];
  if (!binaire) throw new Error("TERREAU_BINAIRE manque : lancez script/test-navigateur");
  for (let essai = 1; ; essai += 1) {
    const donnees = await mkdtemp(join(tmpdir(), "terreau-navigateur-"));
    const adresse = `127.0.0.1:${await portLibre()}`;
    const url = `http://${adresse}`;
    const reglages = [`adresse=${adresse}`, `url-publique=${url}`, `donnees=${donnees}`, "limites.requetes-par-minute=100000"];
    const processus = spawn(binaire, ["demo", ...reglages.flatMap((reglage) => ["--regler", reglage])], {
      cwd: donnees,
      // A setting of the person who runs the tests must not change what is tested.
      env: Object.fromEntries(Object.entries(process.env).filter(([nom]) => !nom.startsWith("TERREAU_"))),
      stdio: ["ignore", "pipe", "pipe"],
    });
    try {
      await attendre(processus);
    } catch (erreur) {
      await rm(donnees, { recursive: true, force: true });
      if (essai === ESSAIS) throw erreur;
      continue;
    }
    const fini = new Promise<void>((fin) => processus.once("exit", () => fin()));
    return {
      url,
      async arreter() {
        processus.kill("SIGTERM");
        await fini;
        await rm(donnees, { recursive: true, force: true });
      },
    };
  }
}
