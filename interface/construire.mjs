// Builds interface/dist: one style sheet, one script, one typeface, images; the live map apart. Called by script/interface.
import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as esbuild from "esbuild";
import * as sass from "sass";

const ici = import.meta.dirname;
const dist = join(ici, "dist");
rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });

const { css } = sass.compile(join(ici, "src/sass/terreau.scss"), {
  loadPaths: [join(ici, "node_modules")],
  quietDeps: true,
});
const { code } = await esbuild.transform(css, { loader: "css", minify: true, target: ["chrome109", "firefox115", "safari16"] });
writeFileSync(join(dist, "terreau.css"), code);

await esbuild.build({
  entryPoints: [join(ici, "src/terreau.ts")],
  outfile: join(dist, "terreau.js"),
  bundle: true,
  minify: true,
  format: "esm",
  target: ["chrome109", "firefox115", "safari16"],
});

// The live map: a chunk apart, fetched only when a reader asks for it. Its worker and its style are served as they come.
await esbuild.build({
  entryPoints: [join(ici, "src/carte.ts")],
  outfile: join(dist, "carte.js"),
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2022"],
});
const maplibre = join(ici, "node_modules/maplibre-gl");
copyFileSync(join(maplibre, "dist/maplibre-gl-worker.mjs"), join(dist, "carte-ouvrier.js"));
copyFileSync(join(maplibre, "dist/maplibre-gl.css"), join(dist, "carte.css"));
copyFileSync(join(maplibre, "LICENSE.txt"), join(dist, "maplibre-LICENSE.txt"));

const police = "@fontsource-variable/atkinson-hyperlegible-next";
copyFileSync(
  join(ici, "node_modules", police, "files/atkinson-hyperlegible-next-latin-wght-normal.woff2"),
  join(dist, "atkinson.woff2"),
);
copyFileSync(join(ici, "node_modules", police, "LICENSE"), join(dist, "atkinson-LICENSE.txt"));
for (const image of readdirSync(join(ici, "src/images"))) copyFileSync(join(ici, "src/images", image), join(dist, image));
