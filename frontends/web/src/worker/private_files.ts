// Files of a page's own (OPFS), as only a worker can use them.

/** What it has of FileSystemSyncAccessHandle. */
export interface SyncAccess {
  read(target: Uint8Array, options?: { at: number }): number;
  write(bytes: Uint8Array, options: { at: number }): number;
  truncate(size: number): void;
  getSize(): number;
  close(): void;
}

interface LockableHandle extends FileSystemFileHandle {
  createSyncAccessHandle?(options: { mode: string }): Promise<SyncAccess>;
}

/** "read-only" shares a file with others that only read, where browsers can. */
export type LockMode = "read-only" | "readwrite";

/** undefined: somebody else has it, or it is none of the page's own. */
export async function lock(
  handle: LockableHandle,
  mode: LockMode,
): Promise<SyncAccess | undefined> {
  try {
    return await handle.createSyncAccessHandle?.({ mode });
  } catch {
    return undefined;
  }
}
