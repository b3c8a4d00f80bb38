import { type Choice, fromFile, SHIPPED } from "./choices.ts";
import { onFileDropped } from "./drop.ts";
import { KeptPanel } from "./kept-panel.ts";
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
    void kept.refresh();
  },
  onFailed: (error, choice) => {
    panel.failed(error, choice);
    void kept.refresh();
  },
  onDropped: () => panel.unloaded(),
});

const reload = () => load(loader.choice ?? SHIPPED[0]);
const settings = new Settings(reload);
const report = new ReportPanel();
const panel = new ModelPanel(load, () => loader.cancel());
const kept = new KeptPanel(load);
const talk = new Talk(loader, settings, reload);

function load(choice: Choice): void {
  if (!settings.check()) return;
  talk.stop();
  loader.load(choice, settings.takeLoad());
}

onFileDropped((file) => load(fromFile(file)));
void kept.refresh();
load(SHIPPED[0]);
