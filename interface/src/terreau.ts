// Comfort only: every page works without this file. No storage in the browser (computers are shared) but an agent's note without network;
// no inline script, no third party.

import { garderEnTapant } from "./brouillon";
import { aiderAChoisir, type Suggestion } from "./choix";
import { suivreLesFiltres } from "./filtres";
import { ecouterLesRaccourcis } from "./raccourcis";

/** The summary of errors is read first. */
function montrerLesErreurs(): void {
  document.querySelector<HTMLElement>("[data-erreurs]")?.focus();
}

/** A form leaves once: a double click is one request (the server gives doubles their first answer anyway). */
function envoyerUneFois(): void {
  document.addEventListener("submit", (evenement) => {
    const formulaire = evenement.target as HTMLFormElement;
    if (formulaire.dataset["envoye"] === "oui") {
      evenement.preventDefault();
      return;
    }
    formulaire.dataset["envoye"] = "oui";
    window.setTimeout(() => delete formulaire.dataset["envoye"], 3000);
  });
  // Back to a page kept by the browser: its forms can leave again.
  window.addEventListener("pageshow", () => {
    document.querySelectorAll<HTMLFormElement>("form").forEach((formulaire) => delete formulaire.dataset["envoye"]);
  });
}

function compterLesCaracteres(): void {
  document.querySelectorAll<HTMLTextAreaElement>("textarea[data-max]").forEach((zone) => {
    const compte = document.getElementById(`${zone.id}-compte`);
    const max = Number(zone.dataset["max"]);
    if (!compte) return;
    // Seen at each letter; said once the hand rests (RGAA 7.5).
    const annonce = document.createElement("p");
    annonce.className = "govuk-visually-hidden";
    annonce.setAttribute("role", "status");
    compte.after(annonce);
    let attente = 0;
    zone.addEventListener("input", () => {
      const reste = max - [...zone.value].length;
      const mots = Math.abs(reste).toLocaleString("fr");
      compte.textContent = reste < 0 ? `${mots} caractères de trop.` : `Il reste ${mots} caractères.`;
      window.clearTimeout(attente);
      attente = window.setTimeout(() => (annonce.textContent = compte.textContent), 1000);
    });
  });
}

/** A field note taken without network waits on this telephone (agents' pages only: `data-hors-ligne` names the note). */
function garderHorsLigne(): void {
  document.querySelectorAll<HTMLTextAreaElement>("textarea[data-hors-ligne]").forEach((zone) => {
    const cle = `terreau:${location.pathname}:${zone.name}`;
    const gardee = localStorage.getItem(cle);
    const mot = document.createElement("p");
    mot.className = "govuk-hint";
    mot.setAttribute("role", "status");
    zone.after(mot);
    if (gardee && zone.value === "") {
      zone.value = gardee;
      mot.textContent = "Note prise sans réseau, retrouvée sur cet appareil. Envoyez-la.";
    }
    zone.form?.addEventListener("submit", (evenement) => {
      if (navigator.onLine) {
        localStorage.removeItem(cle);
        return;
      }
      evenement.preventDefault();
      localStorage.setItem(cle, zone.value);
      mot.textContent = "Pas de réseau. La note est gardée sur cet appareil : revenez ici pour l’envoyer.";
    });
  });
}

function imprimer(): void {
  document.querySelectorAll<HTMLElement>("[data-imprimer]").forEach((bouton) => {
    bouton.addEventListener("click", () => window.print());
  });
}

/** A style sheet, there before what it styles. */
function prendreLaFeuille(adresse: string): Promise<void> {
  const feuille = document.createElement("link");
  feuille.rel = "stylesheet";
  feuille.href = adresse;
  const prise = new Promise<void>((prete, rate) => {
    feuille.addEventListener("load", () => prete());
    feuille.addEventListener("error", () => rate(new Error(adresse)));
  });
  document.head.append(feuille);
  return prise;
}

/** The live map comes only when asked for: its script, its style, its worker. */
function proposerLaCarte(dans: ParentNode): void {
  dans.querySelectorAll<HTMLElement>("[data-carte-vive]").forEach((place) => {
    const bouton = document.createElement("button");
    bouton.type = "button";
    bouton.className = "govuk-button govuk-button--secondary";
    bouton.textContent = place.dataset["mots"] ?? "";
    const etat = document.createElement("p");
    etat.className = "govuk-hint";
    etat.setAttribute("role", "status");
    place.before(bouton, etat);
    bouton.addEventListener("click", async () => {
      bouton.disabled = true;
      etat.textContent = "La carte arrive.";
      try {
        await prendreLaFeuille(place.dataset["feuille"] ?? "");
        const { ouvrir } = (await import(place.dataset["script"] ?? "")) as typeof import("./carte");
        await ouvrir(place);
        bouton.remove();
        etat.textContent = "Déplacez la carte avec les flèches, agrandissez avec + et −. Un lieu ou un groupe s’ouvre à la souris ou au doigt. Au clavier, la liste mène aux mêmes pages.";
      } catch {
        bouton.disabled = false;
        etat.textContent = "La carte n’a pas pu s’ouvrir. La liste dit la même chose.";
      }
    });
  });
}

/** The accent as it is chosen: the whole page takes it, and its contrast on the hardest of the grounds is told. */
function montrerLAccent(): void {
  const champ = document.querySelector<HTMLInputElement>("[data-accent]");
  if (!champ) return;
  const mot = document.createElement("p");
  mot.className = "govuk-hint";
  mot.setAttribute("role", "status");
  champ.after(mot);
  const clarte = (couleur: string): number => {
    const [r = 0, v = 0, b = 0] = [1, 3, 5].map((debut) => {
      const c = Number.parseInt(couleur.slice(debut, debut + 2), 16) / 255;
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * v + 0.0722 * b;
  };
  const fonds = (champ.dataset["accent"] ?? "#ffffff").split(" ").map(clarte);
  champ.addEventListener("input", () => {
    if (!/^#[0-9a-f]{6}$/i.test(champ.value)) return;
    document.documentElement.style.setProperty("--tr-accent", champ.value);
    const ici = clarte(champ.value);
    const rapport = Math.min(...fonds.map((fond) => (Math.max(ici, fond) + 0.05) / (Math.min(ici, fond) + 0.05)));
    const verdict = rapport >= 4.5 ? "se lit bien sur tous les fonds du site" : "se lit mal sur un des fonds du site : choisissez plus foncé";
    mot.textContent = `Contraste ${(Math.floor(rapport * 10) / 10).toFixed(1).replace(".", ",")} : ${verdict}.`;
  });
}

/** A form that makes something is sent once: its page, gone back to, is told which one it was, and leads to what it made. */
function seSouvenirDeLEnvoi(dans: ParentNode): void {
  dans.querySelectorAll<HTMLFormElement>("form[data-deja]").forEach((formulaire) => {
    formulaire.addEventListener("submit", (evenement) => {
      if (evenement.defaultPrevented) return;
      const cle = formulaire.querySelector<HTMLInputElement>("input[name=_cle]")?.value;
      if (cle) history.replaceState(null, "", `${new URL(formulaire.action).pathname}?deja=${encodeURIComponent(cle)}`);
    });
  });
}

/** Every row of a table at once: its boxes are one by one without this. */
function toutChoisir(dans: ParentNode): void {
  dans.querySelectorAll<HTMLTableElement>("table.tr-table-travail").forEach((tableau) => {
    const cases = [...tableau.querySelectorAll<HTMLInputElement>("tbody input[type=checkbox]")];
    if (cases.length < 2) return;
    const bouton = document.createElement("button");
    bouton.type = "button";
    bouton.className = "govuk-button govuk-button--secondary";
    const compte = document.createElement("p");
    compte.className = "govuk-hint";
    compte.setAttribute("role", "status");
    tableau.before(bouton, compte);
    const dire = (): void => {
      const nombre = cases.filter((une) => une.checked).length;
      bouton.textContent = nombre === cases.length ? "Ne rien choisir" : "Tout choisir";
      compte.textContent = nombre === 0 ? "" : nombre === 1 ? `1 ligne choisie sur ${cases.length}` : `${nombre} lignes choisies sur ${cases.length}`;
    };
    bouton.addEventListener("click", () => {
      const toutes = cases.some((une) => !une.checked);
      for (const une of cases) une.checked = toutes;
      dire();
    });
    tableau.addEventListener("change", dire);
    dire();
  });
}

/** "Near me": the browser asks its reader; the site only hears of a place rounded to a kilometre, and keeps nothing. */
function proposerPresDeMoi(): void {
  const champ = document.querySelector<HTMLInputElement>("#commune");
  const autour = document.querySelector<HTMLSelectElement>("#autour");
  const ici = document.querySelector<HTMLElement>("[data-pres-de-moi]");
  if (!ici || !champ || !autour || !("geolocation" in navigator)) return;
  const bouton = document.createElement("button");
  bouton.type = "button";
  bouton.className = "govuk-button govuk-button--secondary";
  bouton.textContent = "Chercher autour de moi";
  const mot = document.createElement("span");
  mot.className = "govuk-hint";
  mot.setAttribute("role", "status");
  ici.append(bouton, mot);
  const inconnu = (): void => {
    mot.textContent = "Votre position n’est pas connue ici. Tapez votre commune.";
  };
  bouton.addEventListener("click", () => {
    mot.textContent = "Nous cherchons votre commune.";
    navigator.geolocation.getCurrentPosition(
      (position) => void trouver(position.coords),
      inconnu,
      { maximumAge: 600_000, timeout: 10_000 },
    );
  });
  const trouver = async ({ latitude, longitude }: GeolocationCoordinates): Promise<void> => {
    try {
      const reponse = await fetch(`/communes.json?lon=${longitude.toFixed(2)}&lat=${latitude.toFixed(2)}`);
      const [commune] = (await reponse.json()) as Suggestion[];
      if (!commune) return inconnu();
      champ.value = commune.libelle;
      autour.value = "10";
      champ.form?.requestSubmit();
    } catch {
      inconnu();
    }
  };
}

/** What is open under its word (the account, the rest of the menu) closes on Escape, and when one looks elsewhere. */
function fermerLesDeroules(): void {
  const ouverts = (): NodeListOf<HTMLDetailsElement> => document.querySelectorAll<HTMLDetailsElement>("details.tr-deroule[open]");
  document.addEventListener("click", (evenement) => {
    for (const un of ouverts()) if (!un.contains(evenement.target as Node)) un.open = false;
  });
  document.addEventListener("keydown", (evenement) => {
    if (evenement.key !== "Escape") return;
    for (const un of ouverts()) {
      un.open = false;
      un.querySelector("summary")?.focus();
    }
  });
}

/** On a telephone a long choice is folded by group; a group that holds an answer, or an error to mend, stays open. */
function replierLesGroupes(): void {
  if (!window.matchMedia("(max-width: 40rem)").matches) return;
  document.querySelectorAll<HTMLDetailsElement>("details.tr-groupe").forEach((groupe) => {
    groupe.open = groupe.querySelector("input:checked") !== null || groupe.closest(".govuk-form-group--error") !== null;
  });
}

montrerLesErreurs();
fermerLesDeroules();
replierLesGroupes();
envoyerUneFois();
compterLesCaracteres();
garderHorsLigne();
seSouvenirDeLEnvoi(document);
void garderEnTapant();
imprimer();
proposerLaCarte(document);
document.addEventListener("resultats", (evenement) => {
  const neufs = evenement.target as HTMLElement;
  proposerLaCarte(neufs);
  toutChoisir(neufs);
});
montrerLAccent();
suivreLesFiltres();
toutChoisir(document);
ecouterLesRaccourcis();
aiderAChoisir();
proposerPresDeMoi();
