import { frame } from "./frame";
import { imports } from "./imports";
import { query } from "./query";
import { samples } from "./samples";
import { history, saved } from "./saved";
import { stores } from "./stores";

export const en = { ...frame, imports, query, samples, saved, history, stores };
