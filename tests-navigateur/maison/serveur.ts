// The real binary on its own port with its own folder: a demonstration, or a site that was just installed.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

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

/** A folder and an address, with the settings that say so to the program. */
class Place {
  private constructor(
    readonly donnees: string,
    readonly url: string,
    private readonly adresse: string,
  ) {}

  static async trouver(donnees?: string): Promise<Place> {
    const adresse = `127.0.0.1:${await portLibre()}`;
    return new Place(donnees ?? (await mkdtemp(join(tmpdir(), "terreau-navigateur-"))), `http://${adresse}`, adresse);
  }

  private arguments(commande: string[], reglages: string[]): string[] {
    const tous = [`adresse=${this.adresse}`, `url-publique=${this.url}`, `donnees=${this.donnees}`, ...reglages];
    return [...commande, ...tous.flatMap((reglage) => ["--regler", reglage])];
  }

  private get options() {
    // A setting of the person who runs the tests must not change what is tested.
    const env = Object.fromEntries(Object.entries(process.env).filter(([nom]) => !nom.startsWith("TERREAU_")));
    return { cwd: this.donnees, env };
  }

  /** Runs a command to its end; returns what it says. */
  async executer(commande: string[], reglages: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(binaire(), this.arguments(commande, reglages), this.options);
    return stdout;
  }

  /** Starts the service and waits for it. */
  async servir(commande: string, reglages: string[]): Promise<Serveur> {
    const stdio: ["ignore", "pipe", "pipe"] = ["ignore", "pipe", "pipe"];
    const processus = spawn(binaire(), this.arguments([commande], reglages), { ...this.options, stdio });
    await attendre(processus);
    const fini = new Promise<void>((fin) => processus.once("exit", () => fin()));
    return {
      url: this.url,
      arreter: async () => {
        processus.kill("SIGTERM");
        await fini;
      },
    };
  }

  quitter(): Promise<void> {
    return rm(this.donnees, { recursive: true, force: true });
  }
}

function binaire(): string {
  const chemin = process.env["TERREAU_BINAIRE"];
  if (!chemin) throw new Error("TERREAU_BINAIRE manque : lancez script/test-navigateur");
  return chemin;
}

/** The port is free when asked and taken a moment later: another one is tried if someone was faster. */
async function obstinement<T extends Serveur>(ouvrir: (place: Place) => Promise<T>): Promise<T> {
  for (let essai = 1; ; essai += 1) {
    const place = await Place.trouver();
    try {
      const ouvert = await ouvrir(place);
      const arreter = async (): Promise<void> => {
        await ouvert.arreter();
        await place.quitter();
      };
      return { ...ouvert, arreter };
    } catch (erreur) {
      await place.quitter();
      if (essai === ESSAIS) throw erreur;
    }
  }
}

const LARGES = ["limites.requetes-par-minute=100000", "limites.fichier-mo=2"];

/** The demonstration, in this folder; stopped once it is sown. */
export async function semer(donnees: string): Promise<void> {
  const place = await Place.trouver(donnees);
  await (await place.servir("demo", LARGES)).arreter();
}

/** The demonstration: a copy of `modele`. */
export function demarrer(modele: string, reglages: string[] = []): Promise<Serveur> {
  return obstinement(async (place) => {
    await cp(modele, place.donnees, { recursive: true });
    return place.servir("demo", [...LARGES, ...reglages]);
  });
}

/** `terreau init`, then `terreau serve`, for any collectivité; with the link of the first agent. */
export function installer(departement: string, reglages: string[] = []): Promise<Serveur & { lien: string }> {
  return obstinement(async (place) => {
    const dit = await place.executer(["init", "--departement", departement], reglages);
    const lien = /\/premier-agent\/\S+/.exec(dit)?.[0];
    if (!lien) throw new Error(`pas de lien dans :\n${dit}`);
    // No mail leaves in this journey: the address only has to be one.
    const courriel = ["smtp.url=smtp://127.0.0.1:9", "smtp.expediteur=Terreau <terreau@exemple.invalid>"];
    const service = await place.servir("serve", [...LARGES, ...courriel, `instance.departement=${departement}`, ...reglages]);
    return { ...service, lien };
  });
}
