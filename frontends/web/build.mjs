// Builds dist/: the library, the worker, the command, and the types.  The
// WebAssembly modules come from CMake and lie in dist/wasm already.
import { execFileSync } from "node:child_process";
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

await Promise.all([
  build({ ...common, entryPoints: { index: "src/index.ts" } }),
  build({ ...common, entryPoints: { worker: "src/worker/main.ts" }, minify: true }),
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
