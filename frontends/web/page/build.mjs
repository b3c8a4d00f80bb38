// Bundles the page into dist/page. It imports the package itself from tenon/, where a server
// puts dist/: see server/serve.mjs.
import { cp, mkdir } from "node:fs/promises";

import { build } from "esbuild";

const page = new URL(".", import.meta.url);
const out = new URL("../dist/page/", import.meta.url);

await mkdir(out, { recursive: true });
for (const file of ["index.html", "style.css"]) await cp(new URL(file, page), new URL(file, out));
await build({
  absWorkingDir: import.meta.dirname,
  entryPoints: ["main.ts"],
  outdir: "../dist/page",
  bundle: true,
  format: "esm",
  target: "es2022",
  external: ["tenon"],
  minify: true,
  sourcemap: true,
  logLevel: "warning",
});
