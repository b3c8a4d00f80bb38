// Where the toucher starts, a worker beside the engine's: see touch.ts.
import { touchPages, type Pages } from "./touch.ts";

globalThis.onmessage = ({ data }: MessageEvent<Pages>) => {
  touchPages(data);
  globalThis.close();
};
