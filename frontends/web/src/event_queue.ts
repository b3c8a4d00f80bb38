// Pieces that arrive by themselves, for one reader that asks for them.

export class EventQueue<T> {
  private readonly items: T[] = [];
  private ended = false;
  private wake: () => void = () => {};

  push(item: T): void {
    this.items.push(item);
    this.wake();
  }

  /** Nothing comes after what was pushed. */
  end(): void {
    this.ended = true;
    this.wake();
  }

  async *read(): AsyncGenerator<T, void, void> {
    for (;;) {
      while (this.items.length > 0) yield this.items.shift() as T;
      if (this.ended) return;
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }
}
