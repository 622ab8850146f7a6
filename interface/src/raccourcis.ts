// Keys of agents: a digit goes to an entry of the menu, / to the search, ? shows them. Only where the agent asked for them on
// the page "Affichage" (RGAA 12.10), never while something is typed.

/** Not in a field, and no other key held. */
function libre(evenement: KeyboardEvent): boolean {
  if (evenement.ctrlKey || evenement.altKey || evenement.metaKey || evenement.isComposing) return false;
  const ici = evenement.target;
  return !(ici instanceof HTMLElement && (ici.isContentEditable || ici.matches("input, textarea, select")));
}

/** The list of the keys, over the page. */
function montrer(entrees: HTMLAnchorElement[]): void {
  const fenetre = document.createElement("dialog");
  fenetre.className = "tr-dialogue";
  fenetre.setAttribute("aria-labelledby", "titre-raccourcis");
  const titre = document.createElement("h2");
  titre.className = "govuk-heading-m";
  titre.id = "titre-raccourcis";
  titre.textContent = "Raccourcis clavier";
  const liste = document.createElement("dl");
  liste.className = "tr-sigles";
  const ligne = (touche: string, sens: string): void => {
    const [boite, dt, dd] = [document.createElement("div"), document.createElement("dt"), document.createElement("dd")];
    dt.textContent = touche;
    dd.textContent = sens;
    boite.append(dt, dd);
    liste.append(boite);
  };
  entrees.forEach((lien, rang) => ligne(String(rang + 1), lien.textContent?.trim() ?? ""));
  ligne("/", "Chercher dans tout le site");
  ligne("?", "Cette liste");
  const regler = document.createElement("p");
  const lien = document.createElement("a");
  lien.className = "govuk-link";
  lien.href = "/affichage";
  lien.textContent = "Arrêter les raccourcis";
  regler.append(lien);
  const formulaire = document.createElement("form");
  formulaire.method = "dialog";
  const bouton = document.createElement("button");
  bouton.className = "govuk-button govuk-button--secondary";
  bouton.textContent = "Fermer";
  formulaire.append(bouton);
  fenetre.append(titre, liste, regler, formulaire);
  fenetre.addEventListener("close", () => fenetre.remove());
  document.body.append(fenetre);
  fenetre.showModal();
}

export function ecouterLesRaccourcis(): void {
  if (!document.body.hasAttribute("data-raccourcis")) return;
  const entrees = [...document.querySelectorAll<HTMLAnchorElement>("#menu a")].slice(0, 9);
  document.addEventListener("keydown", (evenement) => {
    if (!libre(evenement) || document.querySelector("dialog[open]")) return;
    const entree = entrees[Number(evenement.key) - 1];
    if (evenement.key === "?") montrer(entrees);
    else if (evenement.key === "/") document.querySelector<HTMLElement>(".tr-entete__recherche input")?.focus();
    else if (entree) entree.click();
    else return;
    evenement.preventDefault();
  });
}
