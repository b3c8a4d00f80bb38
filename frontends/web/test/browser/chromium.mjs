// Which Chromium, and how it is started: for the tests and for the benchmark.
import { access } from "node:fs/promises";

const PROGRAM = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** The options of playwright's launch(). */
export const LAUNCH = {
  executablePath: PROGRAM,
  args: [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
};

/** @throws Error that says what to do if it is not there */
export async function checkInstalled() {
  await access(PROGRAM).catch(() => {
    throw new Error(`${PROGRAM} is not there: install Chromium, or set CHROMIUM`);
  });
}
