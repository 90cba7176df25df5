// The stories on the pages in English.

import { tellStories } from "./stories.js";

tellStories("en");
