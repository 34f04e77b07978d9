/**
 * The texts of another language: the same keys. A plural form that only English
 * has ("rows_one") may not be there; i18next takes "rows_other" then.
 */
export type Like<T> = {
  [K in keyof T as K extends `${string}_one` ? never : K]: T[K] extends string ? string : Like<T[K]>;
};
