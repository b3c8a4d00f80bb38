import { type Choice, fromFile, SHIPPED } from "./choices.ts";
import { onFileDropped } from "./drop.ts";
import { Loader } from "./loader.ts";
import { ModelPanel } from "./model-panel.ts";
import { ReportPanel } from "./report-panel.ts";
import { Settings } from "./settings.ts";
import { Talk } from "./talk.ts";

const loader: Loader = new Loader({
  onStart: (choice) => panel.started(choice),
  onProgress: (progress) => panel.progress(progress),
  onLoaded: (engine, choice) => {
    panel.loaded(engine, choice);
    report.show(engine.report);
    talk.engineChanged(engine);
  },
  onFailed: (error, choice) => panel.failed(error, choice),
  onDropped: () => panel.unloaded(),
});

const reload = () => load(loader.choice ?? SHIPPED[0]);
const settings = new Settings(reload);
const report = new ReportPanel();
const panel = new ModelPanel(load, () => loader.cancel());
const talk = new Talk(loader, settings, reload);

function load(choice: Choice): void {
  if (!settings.check()) return;
  talk.stop();
  loader.load(choice, settings.takeLoad());
}

onFileDropped((file) => load(fromFile(file)));
load(SHIPPED[0]);
