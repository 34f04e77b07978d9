import { frame } from "./frame";
import { query } from "./query";

export const en = { ...frame, query };
