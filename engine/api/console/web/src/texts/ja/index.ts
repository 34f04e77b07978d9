import type { en } from "../en";
import type { Like } from "../like";
import { event } from "./event";
import { frame } from "./frame";
import { imports } from "./imports";
import { overview } from "./overview";
import { query } from "./query";
import { samples } from "./samples";
import { history, saved } from "./saved";
import { stores } from "./stores";
import { watches } from "./watches";

export const ja: Like<typeof en> = { ...frame, event, imports, overview, query, samples, saved, history, stores, watches };
