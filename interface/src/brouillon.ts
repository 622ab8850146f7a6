// What is typed in a long form is kept by the site as one types, under the person's account or this browser's secret: nothing
// is stored in the browser itself. On return, one chooses: take it up again, or erase it.

/** A pause in typing this long, and it is kept. */
const PAUSE_MS = 2000;

type Champs = Array<[string, string]>;

interface Gardee {
  formulaire: string;
  quand: string;
  champs: Champs;
}

type Champ = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

function bouton(mots: string, geste: () => void): HTMLButtonElement {
  const un = document.createElement("button");
  un.type = "button";
  un.className = "tr-bouton-lien";
  un.textContent = mots;
  un.addEventListener("click", geste);
  return un;
}

class Brouillon {
  readonly nom: string;
  private readonly etat = document.createElement("p");
  private readonly pied = document.createElement("div");
  private readonly effacer = bouton("Effacer ce brouillon", () => void this.oublier());
  private propre: string;
  private attente = 0;
  /** Nothing leaves any more: the form was sent, a choice is awaited, or one wants nothing kept here. */
  private arrete = false;

  constructor(
    private readonly formulaire: HTMLFormElement,
    private readonly cle: HTMLInputElement,
  ) {
    this.nom = cle.value;
    this.propre = this.tape();
    this.etat.className = "govuk-hint";
    this.etat.setAttribute("role", "status");
    this.pied.className = "tr-brouillon";
    this.effacer.hidden = true;
    this.pied.append(this.etat, this.effacer);
    const envoi = formulaire.querySelector("button[type=submit]:not(.govuk-visually-hidden, [formaction])");
    (envoi?.closest(".govuk-button-group, .tr-actions, p") ?? envoi)?.before(this.pied);
    formulaire.addEventListener("input", () => this.bientot());
    formulaire.addEventListener("submit", (evenement) => {
      if (!evenement.defaultPrevented) this.arreter();
    });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") void this.garder();
    });
    window.addEventListener("pageshow", (evenement) => {
      if (evenement.persisted) this.arrete = false;
    });
  }

  /** Come back with an error: what is in the page is newer than what was kept. */
  get revenu(): boolean {
    return this.cle.hasAttribute("data-revenu");
  }

  reprendreLaGarde(): void {
    this.propre = "";
    void this.garder();
  }

  private champs(): Champ[] {
    const types = /^(hidden|password|file|submit|button)$/;
    const tous = [...this.formulaire.elements].filter((un): un is Champ => un instanceof HTMLInputElement || un instanceof HTMLTextAreaElement || un instanceof HTMLSelectElement);
    return tous.filter((un) => un.name !== "" && !types.test(un.type));
  }

  private valeurs(): Champs {
    const noms = new Set(this.champs().map((un) => un.name));
    const valeurs: Champs = [];
    for (const [nom, valeur] of new FormData(this.formulaire)) if (typeof valeur === "string" && noms.has(nom)) valeurs.push([nom, valeur]);
    return valeurs;
  }

  private tape(): string {
    return JSON.stringify(this.valeurs());
  }

  private arreter(): void {
    this.arrete = true;
    window.clearTimeout(this.attente);
  }

  private bientot(): void {
    window.clearTimeout(this.attente);
    this.attente = window.setTimeout(() => void this.garder(), PAUSE_MS);
  }

  private async envoyer(adresse: string, champs: Champs): Promise<Response> {
    const corps = new URLSearchParams(champs);
    for (const cache of this.formulaire.querySelectorAll<HTMLInputElement>("input[type=hidden][name^=_]")) corps.append(cache.name, cache.value);
    // A page that closes still sends: browsers allow it up to 64 kB.
    const keepalive = corps.toString().length < 60_000;
    return fetch(adresse, { method: "POST", body: corps, keepalive, redirect: "manual" });
  }

  private async garder(): Promise<void> {
    window.clearTimeout(this.attente);
    const tape = this.tape();
    if (this.arrete || tape === this.propre) return;
    try {
      const reponse = await this.envoyer("/brouillon", this.valeurs());
      // Sent meanwhile, from another tab: it has its answer.
      if (reponse.type === "opaqueredirect") return this.arreter();
      if (!reponse.ok) return this.dire("Brouillon pas enregistré. Copiez votre texte, puis rechargez la page.");
      this.propre = tape;
      this.effacer.hidden = false;
      const { heure } = (await reponse.json()) as { heure: string };
      this.dire(`Brouillon enregistré à ${heure}.`);
    } catch {
      this.dire("Brouillon pas enregistré : pas de réseau. Gardez cette page ouverte.");
    }
  }

  /** Said once a minute at most: the same words again are not news. */
  private dire(mots: string): void {
    if (this.etat.textContent !== mots) this.etat.textContent = mots;
  }

  /** True once it is erased. */
  private async effacerIci(): Promise<boolean> {
    try {
      return (await this.envoyer("/brouillon/effacer", [])).ok;
    } catch {
      return false;
    }
  }

  private async oublier(): Promise<void> {
    this.arreter();
    const fait = await this.effacerIci();
    this.effacer.hidden = fait;
    this.arrete = fait;
    this.dire(fait ? "Brouillon effacé. Sur cette page, plus rien n’est gardé avant l’envoi." : "Le brouillon n’a pas pu être effacé. Réessayez.");
  }

  /** Something was left here. */
  proposer({ quand, champs }: Gardee): void {
    const range = (liste: Champs): string => JSON.stringify(liste.map((un) => JSON.stringify(un)).sort());
    if (range(champs) === range(this.valeurs())) return;
    this.arrete = true;
    for (let pli = this.formulaire.closest("details"); pli; pli = pli.parentElement?.closest("details") ?? null) pli.open = true;
    const offre = document.createElement("div");
    offre.className = "tr-alerte";
    const mots = document.createElement("p");
    mots.setAttribute("role", "status");
    const choix = document.createElement("p");
    choix.className = "tr-actions";
    const finir = (texte: string): void => {
      offre.remove();
      this.arrete = false;
      this.dire(texte);
      this.champs()[0]?.focus();
    };
    const reprendre = bouton("Reprendre ce texte", () => {
      this.remplir(champs);
      this.propre = this.tape();
      this.effacer.hidden = false;
      finir("Votre texte est revenu. Il n’est pas encore envoyé.");
    });
    reprendre.className = "govuk-button govuk-button--secondary";
    const effacer = bouton("Effacer ce brouillon", async () => {
      if (await this.effacerIci()) finir("Brouillon effacé.");
      else mots.textContent = "Le brouillon n’a pas pu être effacé. Réessayez.";
    });
    choix.append(reprendre, " ", effacer);
    offre.append(mots, choix);
    this.formulaire.prepend(offre);
    mots.textContent = `Vous aviez commencé à écrire ici, le ${quand}. Tant que vous n’avez pas choisi, ce que vous tapez n’est pas gardé.`;
  }

  private remplir(champs: Champs): void {
    for (const un of this.champs()) {
      const siennes = champs.filter(([nom]) => nom === un.name).map(([, valeur]) => valeur);
      if (un instanceof HTMLInputElement && /^(checkbox|radio)$/.test(un.type)) un.checked = siennes.includes(un.value);
      else if (siennes[0] !== undefined) un.value = siennes[0];
      un.dispatchEvent(new Event("change", { bubbles: true }));
    }
    // Counts of letters follow; lists of names do not open.
    for (const un of this.champs()) if (un instanceof HTMLTextAreaElement) un.dispatchEvent(new Event("input"));
  }
}

export async function garderEnTapant(): Promise<void> {
  const cles = [...document.querySelectorAll<HTMLInputElement>("input[name=_brouillon]")];
  // A button alone that sends what was typed forgets it too: it has nothing to keep.
  const aTaper = cles.filter((cle) => cle.form?.querySelector("textarea, select, input:not([type=hidden])"));
  const brouillons = aTaper.flatMap((cle) => (cle.form ? [new Brouillon(cle.form, cle)] : []));
  if (brouillons.length === 0) return;
  for (const un of brouillons) if (un.revenu) un.reprendreLaGarde();
  try {
    const reponse = await fetch(`/brouillon?${new URLSearchParams(brouillons.map((un) => ["f", un.nom]))}`);
    const gardees = reponse.ok ? ((await reponse.json()) as Gardee[]) : [];
    for (const un of brouillons) {
      const gardee = gardees.find(({ formulaire }) => formulaire === un.nom);
      if (gardee && !un.revenu) un.proposer(gardee);
    }
  } catch {
    // No network: nothing to take up.
  }
}
