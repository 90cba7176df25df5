// The stories on the pages in Chinese.

import { tellStories } from "./stories.js";

tellStories("zh");
