// Where the time of the workers goes, printed at the end: docs/performance.md keeps it.
import type { Reporter, TestCase, TestResult, TestStep } from "@playwright/test/reporter";

const RESTE = "gestes, attentes et relectures";

export default class Temps implements Reporter {
  private readonly parts = new Map<string, { ms: number; fois: number }>();
  private debut = 0;
  private tests = 0;

  printsToStdio(): boolean {
    return true;
  }

  onBegin(): void {
    this.debut = Date.now();
  }

  onTestEnd(_test: TestCase, { duration, steps }: TestResult): void {
    this.tests += 1;
    // What no step claims is between two steps.
    const dits = steps.reduce((somme, etape) => somme + this.compter(etape, RESTE), 0);
    this.ajouter(RESTE, duration - dits, 1);
  }

  onEnd(): void {
    const total = [...this.parts.values()].reduce((somme, { ms }) => somme + ms, 0);
    console.log(`\n${this.tests} tests en ${secondes(Date.now() - this.debut)} ; temps des ouvriers, ${secondes(total)} :`);
    for (const [nom, { ms, fois }] of [...this.parts].sort(([, a], [, b]) => b.ms - a.ms)) {
      if (ms > total / 200) console.log(`  ${secondes(ms).padStart(8)}  ${String(fois).padStart(5)} fois  ${nom}`);
    }
  }

  /** A step of ours, or a fixture, has its own line; what it holds is taken from it. */
  private compter({ category, title, duration, steps }: TestStep, dans: string): number {
    const sienne = category === "test.step" || category === "fixture";
    const nom = sienne ? title : dans;
    const dedans = steps.reduce((somme, etape) => somme + this.compter(etape, nom), 0);
    this.ajouter(nom, duration - dedans, sienne ? 1 : 0);
    return duration;
  }

  private ajouter(nom: string, ms: number, fois: number): void {
    const part = this.parts.get(nom) ?? { ms: 0, fois: 0 };
    this.parts.set(nom, { ms: part.ms + Math.max(0, ms), fois: part.fois + fois });
  }
}

function secondes(ms: number): string {
  return `${(ms / 1000).toFixed(1).replace(".", ",")} s`;
}
