import "../shared/base.css";
import "../shared/parts.css";
import "../shared/phone.css";
import "./volunteer.css";
import { boot } from "../shared/boot.js";
import { Volunteer } from "./app.js";

void boot(Volunteer, { keep: true, desk: false, heartbeatMs: 30_000 });
