// Signing in: the link's secret stands in the fragment, which no browser sends. It leaves the
// address bar at once, and only the button spends it.

import "../shared/base.css";
import "../shared/parts.css";
import { render } from "preact";
import { show } from "../shared/prefs.js";
import { SignIn } from "./sign_in.js";

show();
const secret = location.hash.slice(1);
history.replaceState(null, "", location.pathname);
const root = document.getElementById("page");
if (root) {
    render(<SignIn secret={secret} />, root);
}
