import "../shared/base.css";
import "../shared/parts.css";
import "../shared/phone.css";
import "../volunteer/volunteer.css";
import "./search.css";
import { boot } from "../shared/boot.js";
import { Search } from "./app.js";

void boot(Search, { keep: true, desk: false, heartbeatMs: 15_000 });
