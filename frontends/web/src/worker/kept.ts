// Downloads that a page keeps: a file that is there is not fetched again, and one
// of which a part is there is fetched from there on.
import { describe } from "../errors.ts";
import { placeOf, removeKeptModel, type About, type Place } from "../kept_models.ts";
import type { ByteSource } from "./byte_source.ts";
import { isReplaced, openUrl, resume, type Download } from "./network.ts";
import { lock, type SyncAccess } from "./private_files.ts";

const REST_BYTES = 64 * 1024; // at once

type OpenHandle = (handle: FileSystemFileHandle) => Promise<ByteSource>;

/** @throws TenonError network, not-found, bad-file. */
export async function openKept(url: string, open: OpenHandle): Promise<ByteSource> {
  let place: Place;
  try {
    place = await placeOf(url);
  } catch (error) {
    return notKept(url, describe(error));
  }
  if (await isWhole(url, place)) return whole(url, await open(place.file));
  const access = await lock(place.file, "readwrite");
  if (!access) return notKept(url, "another tab or engine uses it, or this browser cannot");
  return continued(url, place, access);
}

async function notKept(url: string, problem: string): Promise<ByteSource> {
  return { ...(await openUrl(url)), problem: () => problem };
}

async function isWhole(url: string, { about, bytes }: Place): Promise<boolean> {
  return about?.size === bytes && !(await isReplaced(url, about));
}

function whole(url: string, source: ByteSource): ByteSource {
  let isGood = true;
  const discard = () => void (isGood = false);
  const close = async () => {
    await source.close();
    if (!isGood) await forget(url);
  };
  const reusedBytes = source.size;
  return { ...source, name: url, reusedBytes, discard, close };
}

// It stays if another tab reads it: then another load will find out.
function forget(url: string): Promise<void> {
  return removeKeptModel(url).catch(() => {});
}

async function continued(
  url: string,
  { about, aboutFile }: Place,
  access: SyncAccess,
): Promise<ByteSource> {
  const bytes = access.getSize(); // others may have changed it until now
  let download: Download;
  try {
    download = await resume(url, about, bytes);
  } catch (error) {
    access.close();
    if (bytes === 0) await forget(url);
    throw error;
  }
  const kept = new KeptDownload(url, access, download);
  if (download.begin === 0) await kept.restart(aboutFile);
  return kept;
}

/** Reads what is there, then the network, and writes down what that brings. */
class KeptDownload implements ByteSource {
  readonly name: string;
  readonly size: number;
  readonly reusedBytes: number;
  private readonly download: Download;
  private access: SyncAccess | undefined; // until it is closed
  private trouble: string | undefined;
  private at = 0;

  constructor(url: string, access: SyncAccess, download: Download) {
    this.name = url;
    this.size = download.size;
    this.reusedBytes = download.begin;
    this.access = access;
    this.download = download;
  }

  /** With nothing. */
  async restart(aboutFile: FileSystemFileHandle): Promise<void> {
    const { size, version } = this.download;
    try {
      this.access?.truncate(0);
      await writeAbout(aboutFile, { url: this.name, size, version });
    } catch (error) {
      this.giveUp(error);
    }
  }

  async read(target: Uint8Array): Promise<number> {
    const isHere = this.at < this.reusedBytes;
    const bytes = isHere ? this.again(target) : await this.fetch(target);
    this.at += bytes;
    return bytes;
  }

  async finish(): Promise<void> {
    const rest = new Uint8Array(REST_BYTES);
    try {
      while (this.access && this.at < this.size && (await this.read(rest)) > 0);
    } catch {} // another load goes on
  }

  problem(): string | undefined {
    return this.trouble;
  }

  discard(): void {
    this.giveUp("it is broken");
  }

  async close(): Promise<void> {
    this.access?.close();
    this.access = undefined;
    await this.download.close();
    if (this.trouble) await forget(this.name);
  }

  private again(target: Uint8Array): number {
    const wanted = target.subarray(0, this.reusedBytes - this.at);
    return this.access?.read(wanted, { at: this.at }) ?? 0;
  }

  private async fetch(target: Uint8Array): Promise<number> {
    const bytes = await this.download.read(target);
    try {
      this.keep(target.subarray(0, bytes));
    } catch (error) {
      this.giveUp(error);
    }
    return bytes;
  }

  private keep(bytes: Uint8Array): void {
    const kept = this.access?.write(bytes, { at: this.at }) ?? bytes.length;
    // Chromium's private windows return any number instead of an error.
    if (kept !== bytes.length) throw new Error("there is no room for it");
  }

  private giveUp(error: unknown): void {
    this.trouble = describe(error);
    this.access?.close();
    this.access = undefined;
  }
}

async function writeAbout(file: FileSystemFileHandle, about: About): Promise<void> {
  const access = await lock(file, "readwrite");
  if (!access) throw new Error("another tab or engine writes to it");
  access.truncate(0);
  access.write(new TextEncoder().encode(JSON.stringify(about)), { at: 0 });
  access.close();
}
