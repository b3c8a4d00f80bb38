const DELAY_MS = 300;
const INTERVAL_MS = 50;
const WIDTH = 32; // characters

/** How far something is; on a terminal only, and if it takes a while. */
export class ProgressBar {
  private readonly label: string;
  private next = performance.now() + DELAY_MS;
  private visible = false;

  constructor(label: string) {
    this.label = label;
  }

  update(done: number, total: number): void {
    const now = performance.now();
    if (!process.stderr.isTTY || total === 0 || now < this.next) return;
    this.next = now + INTERVAL_MS;
    this.visible = true;
    const filled = "#".repeat(Math.floor((done / total) * WIDTH));
    const percent = Math.floor((done / total) * 100);
    process.stderr.write(
      `\r${this.label} [${filled.padEnd(WIDTH)}] ${percent}%`,
    );
  }

  clear(): void {
    if (this.visible) process.stderr.write("\r\x1b[K");
    this.visible = false;
  }
}
