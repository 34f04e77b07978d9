/** Whether a column's values are numbers. */
export function isNumeric(type: string): boolean {
  return /^(tinyint|smallint|integer|bigint|real|double|decimal)/.test(type);
}

/** Whether a column's values are days or times. */
export function isTemporal(type: string): boolean {
  return /^(date|time)/.test(type);
}
