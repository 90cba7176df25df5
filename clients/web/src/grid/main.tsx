import "../shared/base.css";
import "../shared/parts.css";
import "../shared/phone.css";
import "../console/detail.css";
import "./grid.css";
import { boot } from "../shared/boot.js";
import { Grid } from "./app.js";

void boot(Grid, { keep: true, desk: true, heartbeatMs: 15_000 });
