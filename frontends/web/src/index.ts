/** Language models in a worker: see Engine. */
export { Engine } from "./engine.ts";
export { keptModels, removeKeptModel } from "./kept_models.ts";
export { canIsolate } from "./platform.ts";
export { Session, type Checkpoint } from "./session.ts";
export * from "./types.ts";
