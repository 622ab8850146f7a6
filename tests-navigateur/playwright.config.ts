// The journeys run four times: wide and narrow, with the page's script and without any script. The proofs walk through
// every page once: each of them changes the window itself.
import { defineConfig } from "@playwright/test";
import type { Options } from "./maison/essai.js";

const ECRANS = {
  large: { width: 1280, height: 900 },
  etroit: { width: 360, height: 740 },
};

// Debian's Chromium without its windows (a context opens three times faster) speaks to nobody but the page's own server.
const DISCRET = [
  "--no-sandbox",
  "--disable-gpu",
  // The live map draws without a graphics card too.
  "--enable-unsafe-swiftshader",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
  // The same letters on every machine.
  "--font-render-hinting=none",
  "--disable-lcd-text",
];

// Installations are walked in one setting: each of them starts a program of its own. The life of the directory and the drafts
// are walked in two, which hold both widths, with and without script. The main job is walked in all four.
const EN_UN = /installation\.spec/;
const EN_DEUX = /(annuaire-.*|brouillons|liens)\.spec/;

function laisses(ecran: string, scripts: boolean): RegExp[] {
  if (ecran === "large" && scripts) return [];
  return ecran === "etroit" && !scripts ? [EN_UN] : [EN_UN, EN_DEUX];
}

export default defineConfig<object, Options>({
  testDir: "parcours",
  globalSetup: "./maison/atelier.ts",
  fullyParallel: true,
  outputDir: "../target/navigateur",
  forbidOnly: true,
  retries: 0,
  workers: 2,
  timeout: 180_000,
  expect: { timeout: 15_000 },
  reporter: [["list"], ["./maison/temps.ts"]],
  use: {
    actionTimeout: 15_000,
    navigationTimeout: 30_000,
    locale: "fr-FR",
    launchOptions: {
      executablePath: process.env["TERREAU_CHROMIUM"] ?? "/usr/bin/chromium-headless-shell",
      args: DISCRET,
      // Dates are shown as a French browser shows them.
      env: { ...process.env, LANGUAGE: "fr", LANG: "fr_FR.UTF-8" },
    },
    screenshot: "only-on-failure",
  },
  projects: [
    // The longest first: the proofs of every page come one after the other, the rest fills the other worker.
    { name: "preuves", testDir: "preuves", use: { viewport: ECRANS.large, javaScriptEnabled: true } },
    // Pictures at half size, without script: what a change of style moved.
    { name: "references", testDir: "references", use: { viewport: ECRANS.large, javaScriptEnabled: false, deviceScaleFactor: 0.5 } },
    ...Object.entries(ECRANS).flatMap(([ecran, viewport]) =>
      [true, false].map((scripts) => ({
        name: `${ecran}, ${scripts ? "avec" : "sans"} script`,
        testIgnore: laisses(ecran, scripts),
        use: { viewport, javaScriptEnabled: scripts, capturable: scripts },
      })),
    ),
  ],
});
