// Storage may be forbidden or full: then the page works, and the next visit has the defaults.

/** What an earlier visit remembered under this name. */
export function recall(name: string): string | undefined {
  try {
    return localStorage.getItem(`tenon.${name}`) ?? undefined;
  } catch {
    return undefined;
  }
}

export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(`tenon.${name}`, value);
  } catch {}
}
