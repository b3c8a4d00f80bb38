// Where the worker starts.
import { openPort } from "./port.ts";
import { Server } from "./server.ts";

new Server(openPort());
