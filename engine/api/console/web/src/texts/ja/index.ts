import type { en } from "../en";
import type { Like } from "../like";
import { frame } from "./frame";
import { imports } from "./imports";
import { query } from "./query";
import { samples } from "./samples";
import { history, saved } from "./saved";
import { stores } from "./stores";

export const ja: Like<typeof en> = { ...frame, imports, query, samples, saved, history, stores };
