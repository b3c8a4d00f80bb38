// Builds dist/: the library, the workers, the command, and the types.  The
// WebAssembly modules come from CMake and lie in dist/wasm already, with the
// JavaScript that Emscripten wrote for them, which is made small here.
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));

const common = {
  absWorkingDir: here,
  outdir: "dist",
  bundle: true,
  format: "esm",
  target: "es2022",
  logLevel: "warning",
};

const glue = readdirSync(new URL("dist/wasm/", import.meta.url))
  .filter((name) => name.endsWith(".mjs"))
  .map((name) => `dist/wasm/${name}`);

await Promise.all([
  build({ ...common, entryPoints: { index: "src/index.ts" }, minify: true }),
  build({ ...common, entryPoints: { worker: "src/worker/main.ts" }, minify: true }),
  build({ ...common, entryPoints: { toucher: "src/toucher/main.ts" }, minify: true }),
  build({
    ...common,
    entryPoints: glue,
    outdir: "dist/wasm",
    outExtension: { ".js": ".mjs" },
    allowOverwrite: true,
    bundle: false,
    minify: true,
  }),
  build({
    ...common,
    entryPoints: { cli: "src/cli/main.ts" },
    platform: "node",
  }),
]);

const tsc = fileURLToPath(import.meta.resolve("typescript/package.json"));
execFileSync(
  process.execPath,
  [tsc.replace(/package\.json$/, "bin/tsc"), "--project", "tsconfig.types.json"],
  { cwd: here, stdio: "inherit" },
);
