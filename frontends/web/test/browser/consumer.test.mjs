// A stranger's project: installs the packed package, type-checks, builds with Vite, and runs.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { fileURLToPath } from "node:url";

import { build, preview } from "vite";

import { nativeGreedy, pathOf } from "./models.mjs";
import { launch, visit } from "./site.mjs";

const PACKAGE = fileURLToPath(new URL("../..", import.meta.url));
const ISOLATION = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

const root = await mkdtemp(join(tmpdir(), "tenon-consumer-"));
after(() => rm(root, { recursive: true }));
const browser = await launch();

test("it installs", async () => {
  await cp(new URL("../consumer", import.meta.url), root, { recursive: true });
  await cp(pathOf("tiny-llama"), join(root, "public/tiny-llama.gguf"));
  const [{ filename }] = JSON.parse(npm(PACKAGE, "pack", "--json", "--pack-destination", root));
  npm(root, "install", "--offline", "--no-audit", "--no-fund", `./${filename}`);
});

test("its types hold", () => {
  const tsc = join(PACKAGE, "node_modules/typescript/bin/tsc");
  execFileSync(process.execPath, [tsc, "--project", root], { stdio: "pipe" });
});

test("it builds", () => build({ root, logLevel: "error" }));

test("it runs with threads", (t) => writes(t, ISOLATION));
test("it runs without threads", (t) => writes(t, {}));

test("it runs without the worker that only saves time", async (t) => {
  const assets = join(root, "dist/assets");
  const touchers = (await readdir(assets)).filter((name) => name.startsWith("toucher"));
  assert.equal(touchers.length, 1);
  await rm(join(assets, touchers[0]));
  await writes(t, ISOLATION);
});

async function writes(t, headers) {
  const site = await preview({ root, preview: { host: "127.0.0.1", port: 0, headers } });
  t.after(() => site.close());
  const page = await visit(t, browser, site.resolvedUrls.local[0]);
  await page.locator("[data-done]").waitFor();
  const expected = nativeGreedy("tiny-llama", "Once upon a time", 40);
  assert.equal(await page.locator("body").textContent(), expected);
  assert.equal(await page.locator("body").getAttribute("data-module"), "relaxed");
}

function npm(cwd, ...args) {
  return execFileSync("npm", args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
}
