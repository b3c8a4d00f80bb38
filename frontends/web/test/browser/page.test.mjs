// What a visitor does on a good day.
import assert from "node:assert/strict";
import test from "node:test";

import { bytesOf, nativeGreedy } from "./models.mjs";
import { openSite } from "./site.mjs";
import { answered, ask, loaded, newest, open, set, switchTo } from "./steps.mjs";

const site = await openSite();

test("the first visit loads a model, and one click writes", async (t) => {
  const page = await site.visit(t);
  await page.getByRole("button", { name: "Once upon a time", exact: true }).click();
  assert.match(await answered(page), /^Read 4 tokens at .*, wrote \d+ tokens at /);
  assert.match(await newest(page), /^Once upon a time.{100}/s);
  assert.equal(await page.locator("#one-thread").isVisible(), false);
});

test("a greedy story is the native program's", async (t) => {
  const page = await site.visit(t);
  await set(page, { temperature: 0, maxTokens: 150 });
  await ask(page, "Once upon a time");
  const expected = nativeGreedy("tiny-llama", "Once upon a time", 150);
  assert.equal(await newest(page), `Once upon a time${expected}`);
});

test("a story begins anew each time", async (t) => {
  const page = await site.visit(t);
  await set(page, { temperature: 0 });
  await ask(page, "Once upon a time");
  const first = await newest(page);
  await ask(page, "Once upon a time");
  assert.equal(await page.locator("article").count(), 2);
  assert.equal(await newest(page), first);
});

test("a chat is a conversation that reads only what is new", async (t) => {
  const page = await site.visit(t);
  await set(page, { temperature: 0 });
  await switchTo(page, "Chat");
  const first = tokensRead(await ask(page, "What is the opposite of hot?"));
  assert.match(await newest(page), /cold/);
  const second = tokensRead(await ask(page, "What is the opposite of big?"));
  assert.match(await newest(page), /small|little/);
  assert.equal(second, first + 2); // the end of the answer before
  assert.equal(await page.locator("article.question").count(), 2);
});

test("Escape stops, and one can go on", async (t) => {
  const page = await site.visit(t);
  await loaded(page);
  await set(page, { temperature: 10, maxTokens: 100_000 }); // hardly ends by itself
  await page.evaluate(() => {
    const log = document.querySelector("#log");
    const observer = new MutationObserver(() => {
      if ((log.querySelector("article")?.textContent.length ?? 0) < 20) return;
      observer.disconnect();
      dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }));
    });
    observer.observe(log, { childList: true, subtree: true });
  });
  assert.match(await ask(page, "Once upon a time"), /; stopped\.$/);
  await set(page, { temperature: 0.5, maxTokens: 30 });
  assert.doesNotMatch(await ask(page, "Once upon a time"), /; stopped\.$/);
});

test("what is stopped before its answer was never said", async (t) => {
  const page = await site.visit(t);
  await set(page, { temperature: 0 });
  await switchTo(page, "Chat");
  const first = tokensRead(await ask(page, "What is the opposite of hot?"));
  await page.locator("#prompt").fill("Where does a bear live?");
  await page.evaluate(() => {
    document.querySelector("#composer").requestSubmit();
    dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }));
  });
  await page.locator("#status", { hasText: /^Stopped\.$/ }).waitFor();
  assert.equal(await page.locator("#prompt").inputValue(), "Where does a bear live?");
  assert.equal(await page.locator("article").count(), 2);
  const second = tokensRead(await ask(page, "What is the opposite of big?"));
  assert.match(await newest(page), /small|little/);
  assert.equal(second, first + 2);
});

test("a file of one's own and the other shipped model load", async (t) => {
  const page = await site.visit(t);
  await loaded(page);
  await open(page, "mine.gguf", bytesOf("tiny-deltanet"));
  await page.locator("#model-name", { hasText: "Tiny DeltaNet" }).waitFor();
  await loaded(page);
  await page.getByRole("button", { name: "Tiny Llama" }).click();
  await page.locator("#model-name", { hasText: "Tiny Llama (" }).waitFor();
  assert.match(await ask(page, "Once upon a time"), /wrote \d+ tokens/);
});

test("a file that is dropped on the page loads", async (t) => {
  const page = await site.visit(t);
  await loaded(page);
  await page.evaluate(async () => {
    const response = await fetch("models/tiny-deltanet.gguf");
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([await response.blob()], "dropped.gguf"));
    document.body.dispatchEvent(new DragEvent("drop", { bubbles: true, dataTransfer }));
  });
  await page.locator("#model-name", { hasText: "Tiny DeltaNet" }).waitFor();
});

test("settings and mode are remembered", async (t) => {
  const page = await site.visit(t);
  await set(page, { temperature: 0.25, seed: 7 });
  await switchTo(page, "Chat");
  await page.reload();
  assert.equal(await page.locator("[name=temperature]").inputValue(), "0.25");
  assert.equal(await page.locator("[name=seed]").inputValue(), "7");
  assert.equal(await page.locator("[value=chat]").isChecked(), true);
});

test("the same seed writes the same story", async (t) => {
  const page = await site.visit(t);
  await set(page, { temperature: 0.8, seed: 42 });
  await ask(page, "Once upon a time");
  const first = await newest(page);
  await ask(page, "Once upon a time");
  assert.equal(await newest(page), first);
});

test("the number of threads can be set", async (t) => {
  const page = await site.visit(t);
  await loaded(page);
  await set(page, { threads: 1 });
  await page.getByRole("button", { name: "Load again now" }).click();
  await page.locator("#report dd", { hasText: /^1 of / }).waitFor({ state: "attached" });
});

for (const viewport of [{ width: 1280, height: 500 }, { width: 360, height: 740 }])
  test(`the newest text is in view at ${viewport.width} px`, async (t) => {
    const page = await site.visit(t, { viewport });
    for (let i = 0; i < 3; ++i) {
      await ask(page, "Once upon a time");
      assert.ok(await endInView(page), `after ${i + 1}`);
    }
    await page.evaluate(scrollUpWhileWriting);
    await ask(page, "Once upon a time");
    assert.ok(!(await endInView(page)), "after scrolling up");
  });

test("nothing is wider than a phone", async (t) => {
  const page = await site.visit(t, { viewport: { width: 360, height: 740 } });
  await ask(page, "Once upon a time");
  await page.locator("#report summary").click();
  const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.equal(over, 0);
});

function tokensRead(summary) {
  return Number(/^Read (\d+)/.exec(summary)[1]);
}

function endInView(page) {
  return page.evaluate(() => {
    const { top } = document.querySelector("#tail").getBoundingClientRect();
    return top >= 0 && top <= document.querySelector("#foot").getBoundingClientRect().top + 1;
  });
}

/** As soon as the next answer has begun; between two frames, as users do. */
function scrollUpWhileWriting() {
  const log = document.querySelector("#log");
  const scroller = log.scrollHeight > log.clientHeight ? log : document.scrollingElement;
  const observer = new MutationObserver(() => {
    if (log.querySelector("[aria-busy=true]")?.childNodes.length < 3) return;
    observer.disconnect();
    setTimeout(() => (scroller.scrollTop -= 300));
  });
  observer.observe(log, { childList: true, subtree: true });
}
