import "../shared/base.css";
import "../shared/parts.css";
import "./console.css";
import "./detail.css";
import { boot } from "../shared/boot.js";
import { Console } from "./app.js";

// Nothing that a desk sees stays on its computer.
void boot(Console, { keep: false, desk: true, heartbeatMs: 2_000 });
