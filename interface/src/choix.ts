// Fields that are plain text without script, and propose names with it.

export interface Suggestion {
  libelle: string;
}

/** What can be picked, and how its list is told. */
interface Sorte {
  adresse: string;
  liste: string;
  un: string;
  plusieurs: string;
  aucun: string;
}

const COMMUNES: Sorte = { adresse: "/communes.json", liste: "Communes", un: "1 commune", plusieurs: "communes", aucun: "Aucune commune trouvée" };
const STRUCTURES: Sorte = { adresse: "/structures.json", liste: "Structures de l’annuaire", un: "1 structure", plusieurs: "structures", aucun: "Aucune structure de ce nom dans l’annuaire" };

/** A picker on the ARIA combobox pattern (list autocomplete, manual selection). Whatever is typed may also stay as it is. */
class Choix {
  private readonly liste = document.createElement("ul");
  private readonly annonce = document.createElement("div");
  private choisi = -1;
  private demande = 0;

  constructor(
    private readonly champ: HTMLInputElement,
    private readonly sorte: Sorte,
  ) {
    const enveloppe = document.createElement("div");
    enveloppe.className = "tr-choix";
    champ.replaceWith(enveloppe);
    this.liste.id = `${champ.id}-liste`;
    this.liste.className = "tr-liste-choix";
    this.liste.setAttribute("role", "listbox");
    this.liste.setAttribute("aria-label", sorte.liste);
    this.liste.hidden = true;
    this.annonce.className = "govuk-visually-hidden";
    this.annonce.setAttribute("role", "status");
    enveloppe.append(champ, this.liste, this.annonce);
    champ.setAttribute("role", "combobox");
    champ.setAttribute("aria-autocomplete", "list");
    champ.setAttribute("aria-controls", this.liste.id);
    champ.setAttribute("aria-expanded", "false");
    champ.addEventListener("input", () => void this.chercher());
    champ.addEventListener("keydown", (evenement) => this.clavier(evenement));
    champ.addEventListener("blur", () => window.setTimeout(() => this.fermer(), 150));
  }

  private async chercher(): Promise<void> {
    const texte = this.champ.value.trim();
    const numero = ++this.demande;
    if (texte.length < 2) return this.fermer();
    let suggestions: Suggestion[] = [];
    try {
      const reponse = await fetch(`${this.sorte.adresse}?q=${encodeURIComponent(texte)}`);
      if (reponse.ok) suggestions = (await reponse.json()) as Suggestion[];
    } catch {
      return; // no network: the field stays a plain field
    }
    if (numero === this.demande) this.montrer(suggestions);
  }

  private montrer(suggestions: Suggestion[]): void {
    this.choisi = -1;
    this.liste.replaceChildren(
      ...suggestions.map((suggestion, rang) => {
        const element = document.createElement("li");
        element.id = `${this.liste.id}-${rang}`;
        element.setAttribute("role", "option");
        element.textContent = suggestion.libelle;
        // The field keeps the focus; a press that slides away chooses nothing (RGAA 13.11).
        element.addEventListener("mousedown", (evenement) => evenement.preventDefault());
        element.addEventListener("click", () => this.prendre(rang));
        return element;
      }),
    );
    const nombre = suggestions.length;
    this.liste.hidden = nombre === 0;
    this.champ.setAttribute("aria-expanded", String(nombre > 0));
    const { un, plusieurs, aucun } = this.sorte;
    this.annonce.textContent = nombre === 0 ? aucun : nombre === 1 ? un : `${nombre} ${plusieurs}`;
  }

  private clavier(evenement: KeyboardEvent): void {
    const nombre = this.liste.children.length;
    if (this.liste.hidden || nombre === 0) return;
    if (evenement.key === "ArrowDown") this.pointer((this.choisi + 1) % nombre);
    else if (evenement.key === "ArrowUp") this.pointer((this.choisi - 1 + nombre) % nombre);
    else if (evenement.key === "Enter" && this.choisi >= 0) this.prendre(this.choisi);
    else if (evenement.key === "Escape") this.fermer();
    else return;
    evenement.preventDefault();
  }

  private pointer(rang: number): void {
    this.choisi = rang;
    [...this.liste.children].forEach((element, i) => element.setAttribute("aria-selected", String(i === rang)));
    this.champ.setAttribute("aria-activedescendant", `${this.liste.id}-${rang}`);
    this.liste.children[rang]?.scrollIntoView({ block: "nearest" });
  }

  private prendre(rang: number): void {
    this.champ.value = this.liste.children[rang]?.textContent ?? this.champ.value;
    this.fermer();
    // As any choice of the form: a list that follows its filters follows this one.
    this.champ.dispatchEvent(new Event("change", { bubbles: true }));
  }

  private fermer(): void {
    this.liste.hidden = true;
    this.champ.setAttribute("aria-expanded", "false");
    this.champ.removeAttribute("aria-activedescendant");
  }
}

export function aiderAChoisir(): void {
  document.querySelectorAll<HTMLInputElement>("input[data-commune]").forEach((champ) => new Choix(champ, COMMUNES));
  document.querySelectorAll<HTMLInputElement>("input[data-structure]").forEach((champ) => new Choix(champ, STRUCTURES));
}
