import type { en } from "../en";
import type { Like } from "../like";
import { frame } from "./frame";
import { query } from "./query";

export const ja: Like<typeof en> = { ...frame, query };
