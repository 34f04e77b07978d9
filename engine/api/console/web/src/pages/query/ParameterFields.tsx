import { TextInput } from "@mantine/core";
import { useT } from "../../texts";
import classes from "./query.module.css";

/** Fields for the statement's "?", in order. */
export function Parameters({ count, values, onChange }: { count: number; values: string[]; onChange: (values: string[]) => void }) {
  const t = useT();
  if (count === 0) return null;
  return (
    <div className={classes["parameters"]} role="group" aria-label={t("query.parameters.label")}>
      {Array.from({ length: count }, (_, i) => (
        <TextInput
          key={i}
          aria-label={t("query.parameters.one", { number: i + 1 })}
          leftSection={<span className={classes["parameterMark"]}>?{i + 1}</span>}
          value={values[i] ?? ""}
          placeholder={t("query.parameters.hint")}
          spellCheck={false}
          onChange={(event) => {
            const next = Array.from({ length: count }, (_x, k) => values[k] ?? "");
            next[i] = event.currentTarget.value;
            onChange(next);
          }}
        />
      ))}
    </div>
  );
}
