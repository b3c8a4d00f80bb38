// What a visitor of the page does, and sees.

/** Waits until a model is loaded. */
export async function loaded(page) {
  await page.locator("#model-facts", { hasText: "parameters" }).waitFor();
}

/** Waits until an answer is complete; returns the line that says how it went. */
export async function answered(page) {
  const summary = page.locator("#status", { hasText: /^Read .*\.$/ });
  await summary.waitFor();
  return summary.innerText();
}

/** Sends `text`; returns the line that says how the answer went. */
export async function ask(page, text) {
  await page.locator("#prompt").fill(text);
  await page.locator("#prompt").press("Enter");
  await page.locator("#stop").waitFor({ state: "hidden" });
  return answered(page);
}

/** Waits for an error in the model's place or in that of the answers; returns its kind. */
export async function failed(page, place) {
  const box = page.locator(`#${place}-error[data-kind]:not(:empty)`);
  await box.waitFor();
  return box.getAttribute("data-kind");
}

/** Changes settings by their names. */
export async function set(page, values) {
  await page.locator("#settings").evaluate((details) => (details.open = true));
  for (const [name, value] of Object.entries(values))
    await page.locator(`#settings [name=${name}]`).fill(String(value));
}

/** Chooses a file as if it were on the disk. */
export async function open(page, name, bytes) {
  const file = { name, mimeType: "application/octet-stream", buffer: bytes };
  await page.locator("#file").setInputFiles(file);
}

export async function switchTo(page, mode) {
  await page.locator("#modes label", { hasText: mode }).click();
}

/** The text of the newest answer. */
export function newest(page) {
  return page.locator("article:not(.question)").last().textContent();
}
