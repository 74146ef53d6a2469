/**
 * The entry: takes the data that is in the page (an export), or else the server's, and starts.
 */

import { InlinedSource } from "./data/inlined_source.js";
import { ServerSource } from "./data/server_source.js";
import { App } from "./shell/app.js";

const inlined = document.getElementById("helisession-data");
const source = inlined ? new InlinedSource(JSON.parse(inlined.textContent ?? "")) : new ServerSource();

new App(source, document.body).start();
