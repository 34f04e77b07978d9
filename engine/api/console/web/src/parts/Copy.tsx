import { ActionIcon, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useT } from "../texts";
import { copyText } from "./copyText";

/** Copies a text. label says which, for those who do not see where the button stands. */
export function Copy({ value, label }: { value: string; label?: string }) {
  const t = useT();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => { setCopied(false); }, 1000);
    return () => { clearTimeout(timer); };
  }, [copied]);
  return (
    <Tooltip label={copied ? t("copied") : (label ?? t("copy"))}>
      <ActionIcon size="sm" aria-label={label ?? t("copy")} onClick={() => void copyText(value).then(() => { setCopied(true); })} color={copied ? "lake" : "gray"}>
        {copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
      </ActionIcon>
    </Tooltip>
  );
}
