// What loads with `keep` have left in the private files of the page (OPFS): a
// folder for each address, with the file and what it is.
import { pageUrl } from "./source_ref.ts";
import { TenonError, type KeptModel } from "./types.ts";

const FOLDER = "tenon-models";

/** What is kept, or was to be. */
export interface About {
  url: string;
  size: number;
  /** As in Identity. */
  version?: string | undefined;
}

/** Where a model is kept. */
export interface Place {
  file: FileSystemFileHandle;
  /** Of the file, from its first byte on. */
  bytes: number;
  aboutFile: FileSystemFileHandle;
  /** Undefined if there is nothing yet. */
  about: About | undefined;
}

/**
 * All that this page keeps, by address; nothing where there are no private files:
 * in Node, and in pages that came without HTTPS.
 */
export async function keptModels(): Promise<KeptModel[]> {
  const models: KeptModel[] = [];
  const folder = await openFolder().catch(() => undefined);
  for await (const entry of folder?.values() ?? []) {
    const place = await placeIn(entry as FileSystemDirectoryHandle).catch(() => undefined);
    const { about, bytes = 0 } = place ?? {};
    if (about) models.push({ url: about.url, size: about.size, bytes });
  }
  return models.sort((a, b) => (a.url < b.url ? -1 : 1));
}

/**
 * Does nothing if it is not kept. An engine that was loaded from it goes on.
 * @throws TenonError bad-argument while it is being read or downloaded, here or
 *   in another tab.
 */
export async function removeKeptModel(url: string | URL): Promise<void> {
  const { href } = new URL(url, pageUrl());
  const folder = await openFolder().catch(() => undefined);
  try {
    await folder?.removeEntry(await nameOf(href), { recursive: true });
  } catch (error) {
    if ((error as DOMException).name === "NotFoundError") return;
    throw new TenonError("bad-argument", `${href} is in use`);
  }
}

/** Makes room for it. @throws where a page has no private files */
export async function placeOf(url: string): Promise<Place> {
  const create = { create: true };
  const folder = await openFolder(create);
  return placeIn(await folder.getDirectoryHandle(await nameOf(url), create), create);
}

async function openFolder(
  options?: FileSystemGetDirectoryOptions,
): Promise<FileSystemDirectoryHandle> {
  const storage = globalThis.navigator?.storage;
  if (!storage?.getDirectory)
    throw new Error("only pages that came over HTTPS have private files");
  const root = await storage.getDirectory();
  return root.getDirectoryHandle(FOLDER, options);
}

async function placeIn(
  folder: FileSystemDirectoryHandle,
  options?: FileSystemGetFileOptions,
): Promise<Place> {
  const file = await folder.getFileHandle("model", options);
  const aboutFile = await folder.getFileHandle("about.json", options);
  const bytes = (await file.getFile()).size;
  return { file, bytes, aboutFile, about: await readAbout(aboutFile) };
}

// Empty, or cut, if the browser was ended while it was written.
async function readAbout(file: FileSystemFileHandle): Promise<About | undefined> {
  try {
    return JSON.parse(await (await file.getFile()).text()) as About;
  } catch {
    return undefined;
  }
}

// Addresses are longer than names can be.
async function nameOf(url: string): Promise<string> {
  const bytes = new TextEncoder().encode(url);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
